//! What `docs/client-errors.md` says of each error that a client can get is what the error says of itself.

use core::time::Duration;

use ipc_proto::call_error::CallError;
use ipc_proto::ids::Generation;
use ipc_proto::interface::bulk::BulkError;
use ipc_proto::interface::{Failure, MAX_REPEATED};
use ipc_proto::label::Code;
use ipc_proto::name::{Name, NameError};
use ipc_proto::names::NameFailure;
use ipc_proto::passing::{PassError, PassRefusal};
use ipc_proto::registrar::Refusal;
use ipc_proto::version::{Offered, Version};
use ipc_proto::waits::Cycle;
use ipc_proto::window::{WindowError, WindowRefusal};
use module_rt::WaitError;
use module_rt::init::NamesError;

use super::{Page, said};

const DIED: CallError = CallError::Interrupted { generation: Generation(1), next: Generation(2) };
const SLOW: CallError = CallError::Interrupted { generation: Generation(1), next: Generation(1) };
const FOR_GOOD: CallError = CallError::Interrupted { generation: Generation(1), next: Generation::NONE };
const BEHIND: CallError = CallError::Interrupted { generation: Generation::NONE, next: Generation::NONE };

fn page() -> Page {
    Page::of_docs("client-errors.md")
}

#[test]
fn the_page_of_errors_has_each_of_a_calls() {
    assert_eq!(MAX_REPEATED, 2, "the page says `three times in all`");
    let code = Code::new(1).unwrap();
    let of_a_call = said!(CallError {
        Gone: CallError::Gone;
        Interrupted: DIED, SLOW, FOR_GOOD, BEHIND;
        NotDelivered: CallError::NotDelivered;
        Failed: CallError::Failed;
        Revoked: CallError::Revoked;
        BadMessage: CallError::BadMessage;
        UnknownMethod: CallError::UnknownMethod;
        Refused: CallError::Refused;
        Busy: CallError::Busy;
        Error: CallError::Error(code);
        BadAnswer: CallError::BadAnswer;
        TooLong: CallError::TooLong;
    });
    page().check_sentences("CallError", &of_a_call);
    type OfAMethod = Failure<ipc_proto::echo::EchoError>;
    let of_a_method = said!(OfAMethod {
        Service: Failure::Service(ipc_proto::echo::EchoError::Interrupted);
        Call: Failure::Call(CallError::Gone);
        Bulk: Failure::Bulk(BulkError::Lost);
        Passed: Failure::Passed(PassError::Refused(PassRefusal::NotConnected));
    });
    page().check_sentences("Failure", &of_a_method);
}

#[test]
fn the_page_of_errors_has_each_of_bulk_data() {
    let why = said!(WindowRefusal {
        Size: WindowRefusal::Size;
        OtherSize: WindowRefusal::OtherSize;
        NotConnected: WindowRefusal::NotConnected;
        NotGranted: WindowRefusal::NotGranted;
        TooMany: WindowRefusal::TooMany;
        OutOfMemory: WindowRefusal::OutOfMemory;
    });
    let refused = |refusal| BulkError::Window(WindowError::Refused(refusal));
    let mut of_bulk_data = said!(BulkError {
        TooLong: BulkError::TooLong { most: 4088 };
        Window: BulkError::Window(WindowError::Call(CallError::BadMessage)), refused(WindowRefusal::Size);
        Lost: BulkError::Lost;
        Torn: BulkError::Torn;
    });
    let why = why.into_iter().flat_map(|(_, texts)| texts).map(|text| format!("no window: {text}"));
    of_bulk_data.push(("Window", why.collect()));
    page().check_sentences("BulkError", &of_bulk_data);
}

#[test]
fn the_page_of_errors_has_each_of_a_connection_that_is_passed() {
    let not_live = PassRefusal::Service(Refusal::NotLive);
    let mut why = said!(PassRefusal {
        NoPeer: PassRefusal::NoPeer;
        NotConnected: PassRefusal::NotConnected;
        TooMany: PassRefusal::TooMany;
        NotPutUp: PassRefusal::NotPutUp;
        OtherVersion: PassRefusal::OtherVersion(Version(2));
        OtherInterface: PassRefusal::OtherInterface;
        Service: not_live;
        NotGivenBack: PassRefusal::NotGivenBack;
    });
    let of_the_service = [
        Refusal::Failed,
        Refusal::TooManyConnections,
        Refusal::TooManyClients,
        Refusal::Kernel,
        Refusal::Gone,
    ];
    why.push(("Service", of_the_service.map(|refusal| PassRefusal::Service(refusal).to_string()).to_vec()));
    page().check_sentences("PassRefusal", &why);
    let of_passing = said!(PassError {
        Refused: PassError::Refused(PassRefusal::NotPutUp);
        Call: PassError::Call(CallError::BadAnswer);
    });
    page().check_sentences("PassError", &of_passing);
}

#[test]
fn the_page_of_errors_has_each_of_names() {
    let refused = |failure| NamesError::Refused(failure);
    let of_a_name = said!(NamesError {
        Name: NamesError::Name(NameError::Empty), NamesError::Name(NameError::BadStart);
        Refused: refused(NameFailure::NotFound);
        Call: NamesError::Call(DIED), NamesError::Call(SLOW), NamesError::Call(CallError::BadAnswer);
    });
    page().check_sentences("NamesError", &of_a_name);
    let why = said_by_the_supervisor();
    let offered = Offered::of([Version(1), Version(2)]).unwrap();
    let mut of_the_server = said!(NameFailure {
        Taken: NameFailure::Taken;
        Full: NameFailure::Full;
        TooManyForOwner: NameFailure::TooManyForOwner;
        NotFound: NameFailure::NotFound;
        Version: NameFailure::Version { offered };
        OtherInterface: NameFailure::OtherInterface { served: 1, spoken: 2 };
        BadCaller: NameFailure::BadCaller;
        NotOperator: NameFailure::NotOperator;
        Supervisor: NameFailure::Supervisor(Refusal::Gone);
    });
    of_the_server.push(("Supervisor", why));
    page().check_sentences("NameFailure", &of_the_server);
    let (name, waited) = (Name::new("a").unwrap(), Duration::from_millis(5));
    let failure = NameFailure::NotFound;
    let of_a_wait = said!(WaitError {
        Names: WaitError::Names(refused(failure));
        TimedOut: WaitError::TimedOut { name, waited, failure };
        Cycle: WaitError::Cycle(Cycle::of([name])), WaitError::Cycle(Cycle::of([name; 9]));
    });
    page().check_sentences("WaitError", &of_a_wait);
}

/// What the name server says for each refusal of the supervisor's. One that is missing here does not compile.
fn said_by_the_supervisor() -> Vec<String> {
    macro_rules! all {
        ($($refusal:ident),+) => {{
            let _every_one = |refusal: Refusal| match refusal { $(Refusal::$refusal => ()),+ };
            vec![$(NameFailure::Supervisor(Refusal::$refusal).to_string()),+]
        }};
    }
    all!(
        NoSuchDomain,
        NotGranted,
        Gone,
        NotPublished,
        NotLive,
        Failed,
        AlreadyPublished,
        TooManyServices,
        TooManyForOwner,
        TooManyConnections,
        TooManyClients,
        TooManyWaiters,
        WaitTooLong,
        WaitsAlready,
        Kernel
    )
}
