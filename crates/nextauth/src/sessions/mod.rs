//! What ties a browser to a login: its state, QR codes, pushes, registration and logout.

mod get_qr_enrol;
mod get_qr_login;
mod get_session;
mod logout;
mod provoke_login;
mod register_user;

pub use get_qr_enrol::GetQrEnrol;
pub use get_qr_login::GetQrLogin;
pub use get_session::{GetSession, LoginStatus, Session};
pub use logout::Logout;
pub use provoke_login::ProvokeLogin;
pub use register_user::RegisterUser;
