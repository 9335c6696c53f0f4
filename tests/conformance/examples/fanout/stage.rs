//! Prepares an Asterism server: accounts, and a public cluster with two
//! pictures that take turns at its top. Each turn is one small event for all
//! who look.

use serde_json::{Value, json};
use ureq::Agent;

use crate::Outcome;

/// Connections of one account.
const PER_ACCOUNT: usize = 20;

/// The plan as JSON.
pub fn stage(address: &str, clients: usize) -> Outcome<Value> {
    let url = format!("http://{address}/api/v1");
    let agent = Agent::new_with_config(Agent::config_builder().build());
    let mut tokens = Vec::new();
    for account in 0..clients.div_ceil(PER_ACCOUNT).max(1) {
        // the server believes this proxy, so that each comes from elsewhere
        let from = format!("10.0.{}.{}", account / 250, account % 250 + 1);
        let form = json!({"handle": format!("fan{account}"), "password": "a long password"});
        let request = agent.post(format!("{url}/auth/register"));
        let answer = request.header("X-Forwarded-For", from).send_json(&form)?;
        let answer: Value = answer.into_body().read_json()?;
        tokens.push(answer["token"].as_str().ok_or("no token")?.to_owned());
    }
    let bearer = format!("Bearer {}", tokens[0]);
    let mut elements = Vec::new();
    for shade in [40, 200] {
        let boundary = "----asterism-fanout";
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"visibility\"\r\n\r\npublic\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bmp\"\r\n\r\n"
        );
        let end = format!("\r\n--{boundary}--\r\n");
        let form = [
            head.as_bytes(),
            &conformance::picture(|_| [shade; 3]),
            end.as_bytes(),
        ]
        .concat();
        let request = agent.post(format!("{url}/elements"));
        let request = request.header("Authorization", &bearer);
        let kind = format!("multipart/form-data; boundary={boundary}");
        let answer = request.header("Content-Type", kind).send(&form[..])?;
        let answer: Value = answer.into_body().read_json()?;
        let id = answer["elements"][0]["id"].as_str();
        elements.push(id.ok_or("no element")?.to_owned());
    }
    let new = json!({"name": "Fan-out", "visibility": "public", "elements": elements});
    let request = agent.post(format!("{url}/clusters"));
    let answer = request.header("Authorization", &bearer).send_json(&new)?;
    let cluster: Value = answer.into_body().read_json()?;
    let cluster = cluster["id"].as_str().ok_or("no cluster")?.to_owned();
    let publish: Vec<Value> = elements
        .iter()
        .map(|element| {
            json!({"method": "PUT", "path": format!("/api/v1/clusters/{cluster}/elements/{element}"),
                "token": tokens[0], "body": json!({"place": "first"}).to_string()})
        })
        .collect();
    Ok(
        json!({"kind": "asterism", "address": address, "clients": clients, "tokens": tokens,
        "topic": format!("cluster:{cluster}"), "publish": publish}),
    )
}
