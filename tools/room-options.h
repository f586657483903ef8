/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "metrics-server.h"
#include "password-option.h"

G_BEGIN_DECLS

/* The options of every subcommand that joins a room. */
typedef struct {
  char *name;
  GenosPasswordOption password;
  char *relays;
  char *app_id;
  char *dialect;
  char *identity_file;
  char **sets;
  char *metrics;
  GenosMetricsServer *server; /* runs until the options are cleared */
} GenosRoomOptions;

void genos_room_options_clear (GenosRoomOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GenosRoomOptions, genos_room_options_clear)

#define GENOS_ROOM_OPTIONS(options)                                                                \
  { "room", 'r', 0, G_OPTION_ARG_STRING, &(options)->name, "name of the room", "NAME" },           \
      GENOS_PASSWORD_OPTIONS (&(options)->password),                                               \
      { "relays", 'u', 0, G_OPTION_ARG_STRING, &(options)->relays,                                 \
        "relay URLs, separated by commas (public ones)", "URLS" },                                 \
      { "app-id", 0, 0, G_OPTION_ARG_STRING, &(options)->app_id, "id of the application (1234)",   \
        "ID" },                                                                                    \
      { "dialect", 'd', 0, G_OPTION_ARG_STRING, &(options)->dialect,                               \
        "genosrtc or trystero (genosrtc)", "NAME" },                                               \
      { "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &(options)->sets,                                \
        "any other property of a room, like cells=auto or stun-server=none; several times",        \
        "NAME=VALUE" },                                                                            \
      GENOS_METRICS_OPTION (&(options)->metrics),                                                  \
  {                                                                                                \
    "identity-file", 'i', 0, G_OPTION_ARG_FILENAME, &(options)->identity_file,                     \
        "file that keeps our key (a fresh key each time)", "FILE"                                  \
  }

/* The room as the word of a command line that takes one, beside --room. FALSE after saying that there are
 * two. @words: (nullable) */
gboolean genos_room_options_take_word (
    GenosRoomOptions *self, const char *const *words, const char *command);

/* `NAME=VALUE` of --set. FALSE after saying what is wrong with it. */
gboolean
genos_room_options_set_property (GObject *object, const char *setting, const char *command);

/* (transfer full) (nullable): not joined yet; NULL after saying on stderr what is wrong. @command: for
 * that. */
GenosRoom *genos_room_options_make_room (GenosRoomOptions *self, const char *command);

/* For whoever makes the room himself: FALSE after saying what is wrong. @where: (nullable): nothing
 * happens. @room: see genos_metrics_server_new(). */
gboolean genos_room_options_serve_metrics (
    const char *where, GObject *room, const char *command, GenosMetricsServer **server);

G_END_DECLS
