//! What others hold, in one number.

use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Fingerprint, Request};
use module_rt::InitError;

use crate::ask;

/// The fingerprint of all modules but the caller and those named.
pub fn fingerprint(except: &[Name]) -> Result<Fingerprint, InitError> {
    let except = except.iter().copied().collect();
    match ask(&Request::Fingerprint { except })? {
        Answer::Fingerprint(fingerprint) => Ok(fingerprint),
        other => Err(InitError::new(41, format_args!("the fingerprint: {other:?}"))),
    }
}
