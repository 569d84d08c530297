use alloc::string::String;

use authwire_core::{JsonObject, Reply, ReplyError, Text};
use serde::Deserialize;

use crate::wire::{id, time, time_opt};
use crate::{OrganizationId, Time};

/// An organisation that a user may belong to.
///
/// Documents: NAP API v0.0.1, definition `models.OrgCompat`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// What it is called.
    pub name: String,
    /// Its short name, for URLs.
    pub slug: String,
    /// What it is.
    pub description: Option<String>,
    /// Where its picture is.
    pub avatar_url: Option<String>,
    /// Its settings: any JSON object, as it came.
    pub settings: Option<JsonObject>,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
    /// When it was deleted, if it was.
    pub deleted_at: Option<Time>,
}

/// An organisation as it is on the wire.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wire<'a> {
    id: String,
    name: String,
    slug: String,
    description: Option<String>,
    #[serde(rename = "avatarURL")]
    avatar_url: Option<String>,
    settings: Option<JsonObject>,
    #[serde(borrow)]
    created_at: Text<'a>,
    #[serde(borrow)]
    updated_at: Text<'a>,
    #[serde(borrow)]
    deleted_at: Option<Text<'a>>,
}

impl Organization {
    pub(crate) fn read<R>(reply: Reply<'_>, wire: Wire<'_>) -> Result<Self, ReplyError<R>> {
        Ok(Self {
            id: OrganizationId::new(id(reply, "orgs.id", wire.id)?),
            name: wire.name,
            slug: wire.slug,
            description: wire.description,
            avatar_url: wire.avatar_url,
            settings: wire.settings,
            created_at: time(reply, "orgs.createdAt", &wire.created_at)?,
            updated_at: time(reply, "orgs.updatedAt", &wire.updated_at)?,
            deleted_at: time_opt(reply, "orgs.deletedAt", wire.deleted_at.as_deref())?,
        })
    }
}
