/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/genos.h>
#include <gst/gst.h>

#include "gstgenosroommirror.h"

G_BEGIN_DECLS

/* What both elements have in common as properties, and the genos:// URI that spells them. */

typedef enum {
  GST_GENOS_DIALECT_GENOSRTC,
  GST_GENOS_DIALECT_TRYSTERO,
} GstGenosDialect;

#define GST_TYPE_GENOS_DIALECT (gst_genos_dialect_get_type ())
GType gst_genos_dialect_get_type (void) G_GNUC_CONST;

/* One element's wishes. Strings are owned; NULL or empty means the default. */
typedef struct {
  char *room;
  char *password;
  char *app_id;
  GstGenosDialect dialect;
  char *relays;
  char *stun_server;
  char *turn_servers;
  char *peer_id;
  char *kind;
  gboolean receives;  /* else what follows does not matter */
  guint latency;      /* ms */
  char *video_codecs; /* (nullable): taken, as the room's property has it; NULL: any */
  char *audio_codecs; /* (nullable) */
  GstGenosRoomMirror mirror;
} GstGenosRoomSettings;

/* The first ids of both elements' properties; their own ones start at the last. */
enum {
  GST_GENOS_PROP_0,
  GST_GENOS_PROP_ROOM,
  GST_GENOS_PROP_PASSWORD,
  GST_GENOS_PROP_APP_ID,
  GST_GENOS_PROP_DIALECT,
  GST_GENOS_PROP_RELAYS,
  GST_GENOS_PROP_STUN_SERVER,
  GST_GENOS_PROP_TURN_SERVERS,
  GST_GENOS_PROP_PEER_ID,
  GST_GENOS_PROP_KIND,
  GST_GENOS_PROP_STATS,
  GST_GENOS_PROP_STATS_JSON,
  GST_GENOS_PROP_ACTIVE_SPEAKER,
  GST_GENOS_PROP_MIRROR, /* the first of those that mirror the room's */
  GST_GENOS_PROP_LAST = 256,
};

void gst_genos_room_settings_init (GstGenosRoomSettings *self);
void gst_genos_room_settings_clear (GstGenosRoomSettings *self);
void gst_genos_room_settings_copy (GstGenosRoomSettings *self, const GstGenosRoomSettings *from);
const char *gst_genos_room_settings_get_dialect (const GstGenosRoomSettings *self);

/* Whether a room can be joined with these, before any network is asked. */
gboolean gst_genos_room_settings_check (const GstGenosRoomSettings *self, GError **error);

/* Equal keys are one room and one peer; the password cannot be read out of it. */
char *gst_genos_room_settings_dup_key (const GstGenosRoomSettings *self);

void gst_genos_room_handler_install_properties (GObjectClass *klass);

/* FALSE when @id is none of the common ones. Called with the object lock of the element held. */
gboolean gst_genos_room_settings_set (GstGenosRoomSettings *self, guint id, const GValue *value);
gboolean gst_genos_room_settings_get (const GstGenosRoomSettings *self, guint id, GValue *value);

/* genos://ROOM?password=…&relay=…&dialect=… : puts what it names into @object's properties. */
gboolean gst_genos_room_handler_set_uri (GObject *object, const char *uri, GError **error);
/* Without the password. */
char *gst_genos_room_settings_dup_uri (const GstGenosRoomSettings *self);

G_END_DECLS
