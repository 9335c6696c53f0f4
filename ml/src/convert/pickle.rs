//! As much of Python's pickle as a torch state dict needs, and nothing that
//! runs: a name that pickle would import stays a name.

use std::rc::Rc;

use super::wrong;
use crate::MlError;

/// What a pickle can hold here.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    None,
    Bool(bool),
    Int(i64),
    /// An integer of more than 64 bits, little-endian.
    Long(Rc<[u8]>),
    Float(f64),
    Text(Rc<str>),
    Tuple(Rc<[Value]>),
    List(Vec<Value>),
    /// In the order in which it was filled.
    Dict(Vec<(Value, Value)>),
    /// `module.name`
    Global(Rc<str>),
    /// What `BINPERSID` refers to.
    Persistent(Rc<Value>),
    /// A call that was not made: the callee's name and its arguments.
    Call(Rc<str>, Rc<Value>),
}

/// Reads one pickle from the start of `bytes`; also returns how long it was.
pub(super) fn read(bytes: &[u8]) -> Result<(Value, usize), MlError> {
    let mut machine = Machine {
        bytes,
        at: 0,
        stack: Vec::new(),
        marks: Vec::new(),
        memo: Vec::new(),
    };
    while !machine.step()? {}
    let value = machine.pop()?;
    Ok((value, machine.at))
}

/// A memo slot beyond this is no real state dict's.
const MAX_MEMO: usize = 1 << 20;

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    stack: Vec<Value>,
    marks: Vec<usize>,
    memo: Vec<Option<Value>>,
}

impl<'a> Machine<'a> {
    /// Runs one instruction; true at the last one.
    fn step(&mut self) -> Result<bool, MlError> {
        let op = self.take(1)?[0];
        match op {
            b'.' => return Ok(true),
            0x80 => drop(self.take(1)?),
            b'(' => self.marks.push(self.stack.len()),
            b'N' => self.stack.push(Value::None),
            0x88 => self.stack.push(Value::Bool(true)),
            0x89 => self.stack.push(Value::Bool(false)),
            b'K' => {
                let v = self.number(1)?;
                self.stack.push(Value::Int(v as i64));
            }
            b'M' => {
                let v = self.number(2)?;
                self.stack.push(Value::Int(v as i64));
            }
            b'J' => {
                let v = self.number(4)? as u32 as i32;
                self.stack.push(Value::Int(v.into()));
            }
            0x8a => self.long()?,
            b'G' => {
                let raw = self.take(8)?.try_into().expect("took 8 bytes");
                self.stack.push(Value::Float(f64::from_be_bytes(raw)));
            }
            b'X' => {
                let length = self.number(4)? as usize;
                self.text(length)?;
            }
            0x8c => {
                let length = self.number(1)? as usize;
                self.text(length)?;
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.stack
                    .push(Value::Global(format!("{module}.{name}").into()));
            }
            b'}' => self.stack.push(Value::Dict(Vec::new())),
            b']' => self.stack.push(Value::List(Vec::new())),
            b')' => self.stack.push(Value::Tuple([].into())),
            b't' => {
                let items = self.since_mark()?;
                self.stack.push(Value::Tuple(items.into()));
            }
            0x85..=0x87 => {
                let count = usize::from(op - 0x84);
                let start = self.stack.len().checked_sub(count).ok_or_else(short)?;
                let items = self.stack.split_off(start);
                self.stack.push(Value::Tuple(items.into()));
            }
            b'q' => {
                let slot = self.number(1)? as usize;
                self.remember(slot)?;
            }
            b'r' => {
                let slot = self.number(4)? as usize;
                self.remember(slot)?;
            }
            b'h' => {
                let slot = self.number(1)? as usize;
                self.recall(slot)?;
            }
            b'j' => {
                let slot = self.number(4)? as usize;
                self.recall(slot)?;
            }
            b'Q' => {
                let id = self.pop()?;
                self.stack.push(Value::Persistent(id.into()));
            }
            b'R' => self.call()?,
            // object state, such as the version numbers of a state dict
            b'b' => drop(self.pop()?),
            b'a' => {
                let item = self.pop()?;
                self.list()?.push(item);
            }
            b'e' => {
                let items = self.since_mark()?;
                self.list()?.extend(items);
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.dict()?.push((key, value));
            }
            b'u' => {
                let mut items = self.since_mark()?.into_iter();
                let dict = self.dict()?;
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    dict.push((key, value));
                }
            }
            other => {
                return Err(wrong(format!(
                    "pickle instruction {other:#04x} is not known"
                )));
            }
        }
        Ok(false)
    }

    fn call(&mut self) -> Result<(), MlError> {
        let (arguments, callee) = (self.pop()?, self.pop()?);
        let Value::Global(name) = callee else {
            return Err(wrong("the pickle calls something that has no name"));
        };
        self.stack.push(match &*name {
            "collections.OrderedDict" => Value::Dict(Vec::new()),
            _ => Value::Call(name, arguments.into()),
        });
        Ok(())
    }

    fn long(&mut self) -> Result<(), MlError> {
        let length = self.number(1)? as usize;
        let raw = self.take(length)?;
        let value = if length <= 8 {
            let negative = raw.last().is_some_and(|b| b & 0x80 != 0);
            let mut wide = [if negative { 0xff } else { 0 }; 8];
            wide[..length].copy_from_slice(raw);
            Value::Int(i64::from_le_bytes(wide))
        } else {
            Value::Long(raw.into())
        };
        self.stack.push(value);
        Ok(())
    }

    fn text(&mut self, length: usize) -> Result<(), MlError> {
        let raw = self.take(length)?;
        let text = std::str::from_utf8(raw).map_err(|e| wrong(e.to_string()))?;
        self.stack.push(Value::Text(text.into()));
        Ok(())
    }

    fn remember(&mut self, slot: usize) -> Result<(), MlError> {
        if slot > MAX_MEMO {
            return Err(wrong("the pickle's memo is too large"));
        }
        let value = self.stack.last().ok_or_else(short)?.clone();
        if slot >= self.memo.len() {
            self.memo.resize(slot + 1, None);
        }
        self.memo[slot] = Some(value);
        Ok(())
    }

    fn recall(&mut self, slot: usize) -> Result<(), MlError> {
        match self.memo.get(slot).cloned().flatten() {
            // the memo holds a copy from before it was filled
            Some(Value::List(_) | Value::Dict(_)) => Err(wrong(
                "the pickle shares a list or dict, which is not supported",
            )),
            Some(value) => {
                self.stack.push(value);
                Ok(())
            }
            None => Err(wrong("the pickle recalls what it never stored")),
        }
    }

    fn list(&mut self) -> Result<&mut Vec<Value>, MlError> {
        match self.stack.last_mut() {
            Some(Value::List(items)) => Ok(items),
            _ => Err(wrong("the pickle appends to what is no list")),
        }
    }

    fn dict(&mut self) -> Result<&mut Vec<(Value, Value)>, MlError> {
        match self.stack.last_mut() {
            Some(Value::Dict(items)) => Ok(items),
            _ => Err(wrong("the pickle fills what is no dict")),
        }
    }

    fn since_mark(&mut self) -> Result<Vec<Value>, MlError> {
        let mark = self.marks.pop().ok_or_else(short)?;
        if mark > self.stack.len() {
            return Err(short());
        }
        Ok(self.stack.split_off(mark))
    }

    fn pop(&mut self) -> Result<Value, MlError> {
        self.stack.pop().ok_or_else(short)
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], MlError> {
        let end = self.at.checked_add(count).ok_or_else(short)?;
        let taken = self.bytes.get(self.at..end).ok_or_else(short)?;
        self.at = end;
        Ok(taken)
    }

    /// Little-endian, at most 8 bytes.
    fn number(&mut self, count: usize) -> Result<u64, MlError> {
        let raw = self.take(count)?;
        Ok(raw.iter().rev().fold(0, |n, &b| n << 8 | u64::from(b)))
    }

    fn line(&mut self) -> Result<&'a str, MlError> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&b| b == b'\n').ok_or_else(short)?;
        self.at += length + 1;
        std::str::from_utf8(&rest[..length]).map_err(|e| wrong(e.to_string()))
    }
}

fn short() -> MlError {
    wrong("the pickle ends too early")
}
