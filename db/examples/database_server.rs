//! A database server for tests of several nodes:
//! `database_server ADDRESS PATH USER PASSWORD`, e.g.
//! `database_server 127.0.0.1:8000 mem:// root secret`.
//!
//! Engine, sessions, transactions and the RPC protocol are SurrealDB's own, at
//! the very version that the product embeds; only the shell that accepts
//! WebSockets is ours, because building SurrealDB's own server takes longer than
//! everything else here. What it leaves out: TLS, HTTP, live queries.

use std::collections::HashMap as Map;
use std::error::Error as StdError;
use std::future::{Future, ready};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::{SinkExt, StreamExt};
use surrealdb_core::dbs::Session;
use surrealdb_core::kvs::Datastore;
use surrealdb_core::rpc::{RpcProtocol, types_error_from_anyhow};
use surrealdb_datastore::{Transaction, TransactionType};
use surrealdb_rpc::{DbResponse, DbResult, Request};
use surrealdb_types::{Array, Error, HashMap, SurrealValue, Value, decode, encode};
use tokio::sync::{RwLock, mpsc};
use tokio::task::LocalSet;
use tokio_tungstenite::accept_hdr_async_with_config;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Response};
use tokio_tungstenite::tungstenite::http::{HeaderValue, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Message, handshake};
use uuid::Uuid;

/// The engine's parser and planner recurse.
const STACK: usize = 16 << 20;
/// As the client's.
const MESSAGE_BYTES: usize = 64 << 20;
/// Answers that wait to be written.
const ANSWERS: usize = 256;

type Failure = Box<dyn StdError + Send + Sync>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, path, user, password] = arguments.as_slice() else {
        return Err("database_server ADDRESS PATH USER PASSWORD".into());
    };
    let engine = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(STACK)
        .enable_all()
        .build()?;
    let datastore = engine.block_on(open(path, user, password))?;
    let listener = TcpListener::bind(address)?;
    println!("listens on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        let (stream, datastore) = (stream?, datastore.clone());
        let serve = move || {
            if let Err(error) = connection(stream, datastore) {
                eprintln!("a connection ended: {error}");
            }
        };
        std::thread::Builder::new().stack_size(STACK).spawn(serve)?;
    }
    Ok(())
}

async fn open(path: &str, user: &str, password: &str) -> Result<Arc<Datastore>, Failure> {
    let datastore = Datastore::builder()
        .with_auth(true)
        .without_maintenance_tasks()
        .build_with_path(path)
        .await?;
    datastore.check_version().await?;
    datastore.bootstrap().await?;
    datastore.initialise_credentials(user, password).await?;
    datastore.start_maintenance_tasks();
    Ok(datastore)
}

/// One client, on a thread of its own: the protocol's futures stay on one.
fn connection(stream: TcpStream, datastore: Arc<Datastore>) -> Result<(), Failure> {
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, async {
        let client = Arc::new(Client {
            datastore,
            own: Uuid::now_v7(),
            sessions: HashMap::new(),
            transactions: Mutex::default(),
        });
        client.attach(client.own).await?;
        let ended = serve(stream, client.clone()).await;
        client.cancel_all(|_| true).await;
        ended
    })
}

async fn serve(stream: TcpStream, client: Arc<Client>) -> Result<(), Failure> {
    let stream = tokio::net::TcpStream::from_std(stream)?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES))
        .max_frame_size(Some(MESSAGE_BYTES));
    let socket = accept_hdr_async_with_config(stream, speaks, Some(config)).await?;
    let (mut sink, mut source) = socket.split();
    let (answers, mut waiting) = mpsc::channel::<Message>(ANSWERS);
    let write = tokio::task::spawn_local(async move {
        while let Some(message) = waiting.recv().await {
            if sink.send(message).await.is_err() {
                return;
            }
        }
    });
    while let Some(message) = source.next().await {
        let Message::Binary(bytes) = message? else {
            continue;
        };
        let (client, answers) = (client.clone(), answers.clone());
        // beside each other: one transaction does not wait for another
        tokio::task::spawn_local(async move {
            match client.answer(&bytes).await {
                // who has hung up misses nothing
                Ok(answer) => drop(answers.send(Message::Binary(answer)).await),
                Err(error) => eprintln!("not a request: {error}"),
            }
        });
    }
    write.abort();
    Ok(())
}

#[allow(clippy::result_large_err, reason = "the library asks for this type")]
fn speaks(
    _: &handshake::server::Request,
    mut response: Response,
) -> Result<Response, ErrorResponse> {
    let name = HeaderValue::from_static("flatbuffers");
    let headers = response.headers_mut();
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, name);
    Ok(response)
}

struct Client {
    datastore: Arc<Datastore>,
    /// The session of who names none.
    own: Uuid,
    sessions: HashMap<Uuid, Arc<RwLock<Session>>>,
    /// With the session that each belongs to.
    transactions: Mutex<Map<Uuid, (Uuid, Arc<Transaction>)>>,
}

impl Client {
    async fn answer(&self, bytes: &[u8]) -> Result<Bytes, Failure> {
        let Value::Object(request) = decode::<Value>(bytes)? else {
            return Err("no object".into());
        };
        let request = Request::from_object(request).map_err(|e| e.to_string())?;
        let named = request.session_id.map(|id| id.into_inner());
        let txn = request.txn.map(|id| id.into_inner());
        let session = named.unwrap_or(self.own);
        let result = self
            .execute(txn, session, named, request.method, request.params)
            .await;
        let response = DbResponse::new(request.id, named, result);
        Ok(encode(&response.into_value())?.into())
    }

    fn open(&self) -> MutexGuard<'_, Map<Uuid, (Uuid, Arc<Transaction>)>> {
        let open = self.transactions.lock();
        open.unwrap_or_else(PoisonError::into_inner)
    }

    /// The transaction that a call names, which is then nobody's any more.
    fn take(&self, params: Array) -> Result<Arc<Transaction>, Error> {
        let named = match params.into_iter().next() {
            Some(Value::Uuid(id)) => self.open().remove(&id.into_inner()),
            _ => None,
        };
        named.map(|(_, tx)| tx).ok_or_else(unknown)
    }

    async fn cancel_all(&self, whose: impl Fn(&Uuid) -> bool) {
        let gone: Vec<_> = self
            .open()
            .extract_if(|_, (session, _)| whose(session))
            .collect();
        for (_, (_, tx)) in gone {
            // it may have ended by itself
            let _ = tx.cancel().await;
        }
    }
}

fn unknown() -> Error {
    Error::internal("there is no such transaction".to_owned())
}

impl RpcProtocol for Client {
    fn kvs(&self) -> &Datastore {
        &self.datastore
    }

    fn kvs_arc(&self) -> Arc<Datastore> {
        self.datastore.clone()
    }

    fn version_data(&self) -> DbResult {
        DbResult::Other(Value::String("surrealdb-3.3.5".to_owned()))
    }

    fn session_map(&self) -> &HashMap<Uuid, Arc<RwLock<Session>>> {
        &self.sessions
    }

    fn cleanup_lqs(&self, _: &Uuid) -> impl Future<Output = ()> + Send {
        ready(())
    }

    fn cleanup_all_lqs(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }

    fn cleanup_txns(&self, session: &Uuid) -> impl Future<Output = ()> + Send {
        let session = *session;
        self.cancel_all(move |other| *other == session)
    }

    async fn get_tx(&self, id: Uuid) -> Result<Arc<Transaction>, Error> {
        let tx = self.open().get(&id).map(|(_, tx)| tx.clone());
        tx.ok_or_else(unknown)
    }

    async fn begin(&self, _: Option<Uuid>, session: Uuid) -> Result<DbResult, Error> {
        let tx = self.datastore.transaction(TransactionType::Write).await;
        let tx = tx.map_err(types_error_from_anyhow)?;
        let id = Uuid::now_v7();
        self.open().insert(id, (session, Arc::new(tx)));
        Ok(DbResult::Other(Value::Uuid(id.into())))
    }

    async fn commit(&self, _: Option<Uuid>, _: Uuid, params: Array) -> Result<DbResult, Error> {
        let done = self.take(params)?.commit().await;
        done.map_err(types_error_from_anyhow)?;
        Ok(DbResult::Other(Value::None))
    }

    async fn cancel(&self, _: Option<Uuid>, _: Uuid, params: Array) -> Result<DbResult, Error> {
        let done = self.take(params)?.cancel().await;
        done.map_err(types_error_from_anyhow)?;
        Ok(DbResult::Other(Value::None))
    }
}
