/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/joining/admission-private.h>

/**
 * GenosAdmission:
 *
 * The question whether a peer is to be linked to, asked by
 * [signal@Room::peer-admit] before anything is sent to it.
 *
 * Lives on the main context of its room. A handler decides at once with
 * [method@Admission.allow] or [method@Admission.deny], or keeps a reference,
 * calls [method@Admission.defer] and decides later; who decides nothing allows.
 * [method@Admission.deny] of one handler is final.
 */
struct _GenosAdmission {
  GObject parent_instance;

  char *peer_id;
  char *kind;
  char *key;
  char *via;
  gboolean can_verify;
  GenosAdmissionState state;
};

G_DEFINE_FINAL_TYPE (GenosAdmission, genos_admission, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_PEER_ID,
  PROP_KIND,
  PROP_KEY,
  PROP_VIA,
  PROP_CAN_VERIFY,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint decided_signal;

static void
genos_admission_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GenosAdmission *self = GENOS_ADMISSION (object);

  switch (id) {
    case PROP_PEER_ID:
      g_value_set_string (value, self->peer_id);
      break;
    case PROP_KIND:
      g_value_set_string (value, self->kind);
      break;
    case PROP_KEY:
      g_value_set_string (value, self->key);
      break;
    case PROP_VIA:
      g_value_set_string (value, self->via);
      break;
    case PROP_CAN_VERIFY:
      g_value_set_boolean (value, self->can_verify);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
genos_admission_finalize (GObject *object)
{
  GenosAdmission *self = GENOS_ADMISSION (object);

  g_free (self->peer_id);
  g_free (self->kind);
  g_free (self->key);
  g_free (self->via);
  G_OBJECT_CLASS (genos_admission_parent_class)->finalize (object);
}

static void
install_string (GObjectClass *klass, guint id, const char *name)
{
  properties[id] =
      g_param_spec_string (name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (klass, id, properties[id]);
}

static void
genos_admission_class_init (GenosAdmissionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = genos_admission_get_property;
  object_class->finalize = genos_admission_finalize;

  /**
   * GenosAdmission:peer-id:
   *
   * The id the peer claims.
   */
  install_string (object_class, PROP_PEER_ID, "peer-id");

  /**
   * GenosAdmission:kind:
   *
   * What its announce says it is; informational.
   */
  install_string (object_class, PROP_KIND, "kind");

  /**
   * GenosAdmission:key:
   *
   * The public key that signed its message on the relay: 64 hex digits.
   */
  install_string (object_class, PROP_KEY, "key");

  /**
   * GenosAdmission:via:
   *
   * The relay it was heard through.
   */
  install_string (object_class, PROP_VIA, "via");

  /**
   * GenosAdmission:can-verify:
   *
   * Whether it says that it can prove its identity on the link. Browsers
   * cannot.
   */
  properties[PROP_CAN_VERIFY] = g_param_spec_boolean (
      "can-verify", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (object_class, PROP_CAN_VERIFY, properties[PROP_CAN_VERIFY]);

  /**
   * GenosAdmission::decided:
   *
   * Emitted once, when the peer is let in or denied, from within the function
   * that does so. It is how the room hears of it; applications know already.
   */
  decided_signal = g_signal_new ("decided", GENOS_TYPE_ADMISSION,
      G_SIGNAL_RUN_LAST | G_SIGNAL_NO_HOOKS, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
genos_admission_init (GenosAdmission *self)
{
}

GenosAdmission *
genos_admission_new (
    const char *peer_id, const char *kind, const char *via, const GenosSignalOrigin *origin)
{
  GenosAdmission *self = g_object_new (GENOS_TYPE_ADMISSION, NULL);

  self->peer_id = g_strdup (peer_id);
  self->kind = g_strdup (kind);
  self->via = g_strdup (via);
  self->key = g_strdup (origin->key);
  self->can_verify = origin->extended;
  return self;
}

GenosAdmissionState
genos_admission_get_state (GenosAdmission *self)
{
  return self->state;
}

/**
 * genos_admission_get_peer_id:
 * @self: a question
 *
 * Gets the id the peer claims.
 *
 * Returns: (transfer none): the id
 */
const char *
genos_admission_get_peer_id (GenosAdmission *self)
{
  g_return_val_if_fail (GENOS_IS_ADMISSION (self), NULL);
  return self->peer_id;
}

/**
 * genos_admission_get_kind:
 * @self: a question
 *
 * Gets what the peer's announce says it is.
 *
 * Returns: (transfer none) (nullable): its kind; %NULL when it did not say, or
 *   when it dialled before it announced itself
 */
const char *
genos_admission_get_kind (GenosAdmission *self)
{
  g_return_val_if_fail (GENOS_IS_ADMISSION (self), NULL);
  return self->kind;
}

/**
 * genos_admission_get_key:
 * @self: a question
 *
 * Gets the public key that signed the peer's message on the relay. Every browser
 * has one too, a fresh one each time its page is loaded.
 *
 * Returns: (transfer none) (nullable): 64 lowercase hex digits; %NULL when
 *   signalling is not signed
 */
const char *
genos_admission_get_key (GenosAdmission *self)
{
  g_return_val_if_fail (GENOS_IS_ADMISSION (self), NULL);
  return self->key;
}

/**
 * genos_admission_get_via:
 * @self: a question
 *
 * Gets the relay the peer was heard through.
 *
 * Returns: (transfer none): its URL
 */
const char *
genos_admission_get_via (GenosAdmission *self)
{
  g_return_val_if_fail (GENOS_IS_ADMISSION (self), NULL);
  return self->via;
}

/**
 * genos_admission_get_can_verify:
 * @self: a question
 *
 * Gets whether the peer says that it can prove its identity. It is verified only
 * when it has done so: see [property@Peer:verified].
 *
 * Returns: whether it says so
 */
gboolean
genos_admission_get_can_verify (GenosAdmission *self)
{
  g_return_val_if_fail (GENOS_IS_ADMISSION (self), FALSE);
  return self->can_verify;
}

static void
decide (GenosAdmission *self, GenosAdmissionState state)
{
  gboolean late = self->state == GENOS_ADMISSION_DEFERRED;

  if (self->state == GENOS_ADMISSION_DENIED
      || (self->state == GENOS_ADMISSION_ALLOWED && state != GENOS_ADMISSION_DENIED))
    return;
  self->state = state;
  if (late)
    g_signal_emit (self, decided_signal, 0);
}

/**
 * genos_admission_allow:
 * @self: a question
 *
 * Lets the peer in. Nothing happens when the question was decided already, or
 * its time is over.
 */
void
genos_admission_allow (GenosAdmission *self)
{
  g_return_if_fail (GENOS_IS_ADMISSION (self));
  decide (self, GENOS_ADMISSION_ALLOWED);
}

/**
 * genos_admission_deny:
 * @self: a question
 *
 * Keeps the peer out for as long as we stay in the room: nothing is ever sent to
 * it, so that it cannot tell. Nothing happens when the question was decided
 * already.
 */
void
genos_admission_deny (GenosAdmission *self)
{
  g_return_if_fail (GENOS_IS_ADMISSION (self));
  decide (self, GENOS_ADMISSION_DENIED);
}

/**
 * genos_admission_defer:
 * @self: a question
 *
 * Puts the decision off. Until then nothing is sent to the peer; when nobody has
 * decided after [property@Room:admit-timeout], it is denied, and asked about
 * again when it comes back.
 *
 * Only inside a handler of [signal@Room::peer-admit].
 */
void
genos_admission_defer (GenosAdmission *self)
{
  g_return_if_fail (GENOS_IS_ADMISSION (self));
  if (self->state == GENOS_ADMISSION_OPEN)
    self->state = GENOS_ADMISSION_DEFERRED;
}
