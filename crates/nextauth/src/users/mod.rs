//! Users: names in your application that accounts are coupled to.

mod provoke_login;

pub use provoke_login::ProvokeLoginOnUser;
