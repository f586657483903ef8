/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <string.h>

#include "command.h"
#include "doctor.h"
#include "password-option.h"

/* `genos doctor`: what works between here and the peers of a room, and what to do about the rest. */

#define DEFAULT_TIMEOUT 15
#define MAX_TIMEOUT 600

typedef struct {
  char **words;
  char *relays;
  GenosPasswordOption password;
  char *app_id;
  char *dialect;
  char *stun;
  char *turn;
  gboolean json;
  double timeout;
} Options;

static void
options_clear (Options *self)
{
  g_strfreev (self->words);
  g_free (self->relays);
  genos_password_option_clear (&self->password);
  g_free (self->app_id);
  g_free (self->dialect);
  g_free (self->stun);
  g_free (self->turn);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse (Options *self, int argc, char **argv, int *exit_code)
{
  const GOptionEntry entries[] = {
    { "relays", 'u', 0, G_OPTION_ARG_STRING, &self->relays,
        "relay URLs, separated by commas, or lan for those of the local network (public ones)",
        "URLS" },
    GENOS_PASSWORD_OPTIONS (&self->password),
    { "app-id", 'i', 0, G_OPTION_ARG_STRING, &self->app_id, "id of the application (1234)", "ID" },
    { "dialect", 'd', 0, G_OPTION_ARG_STRING, &self->dialect, "genosrtc or trystero (genosrtc)",
        "NAME" },
    { "stun", 's', 0, G_OPTION_ARG_STRING, &self->stun,
        "stun://host:port, or none (that of the browsers)", "URL" },
    { "turn", 't', 0, G_OPTION_ARG_STRING, &self->turn,
        "turn://user:password@host:port, several separated by commas", "URLS" },
    { "timeout", 'T', 0, G_OPTION_ARG_DOUBLE, &self->timeout, "seconds for each check (15)", "S" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &self->json, "print a JSON document", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->words, NULL, "[ROOM]" },
    { NULL },
  };

  self->timeout = DEFAULT_TIMEOUT;
  return genos_command_parse ("doctor",
      "Examines clock, names, relays, STUN and TURN servers, this installation, and, with the name "
      "of a room, who is there.",
      entries, argc, argv, exit_code);
}

static gboolean
check (Options *self)
{
  if (self->words != NULL && self->words[0] != NULL && self->words[1] != NULL) {
    genos_command_complain ("one room at a time; see genos doctor --help");
    return FALSE;
  }
  if (!(self->timeout >= 1 && self->timeout <= MAX_TIMEOUT)) {
    genos_command_complain ("--timeout is from 1 to %d seconds", MAX_TIMEOUT);
    return FALSE;
  }
  return genos_password_option_read (&self->password, "doctor");
}

/* (transfer full): the entries without blanks and empty ones */
static GStrv
split (const char *text)
{
  g_auto (GStrv) all = g_strsplit_set (text != NULL ? text : "", ", ", -1);
  GPtrArray *kept = g_ptr_array_new ();

  for (guint i = 0; all[i] != NULL; i++) {
    if (*all[i] != '\0')
      g_ptr_array_add (kept, g_strdup (all[i]));
  }
  g_ptr_array_add (kept, NULL);
  return (GStrv) g_ptr_array_free (kept, FALSE);
}

/* What a room uses when it is told nothing. */
static char *
default_of (const char *property)
{
  GObjectClass *klass = g_type_class_ref (GENOS_TYPE_ROOM);
  GParamSpec *pspec = g_object_class_find_property (klass, property);
  char *value = g_value_dup_string (g_param_spec_get_default_value (pspec));

  g_type_class_unref (klass);
  return value;
}

/* (transfer full): without the word `lan`, which asks for those of the local network */
static GStrv
list_relays (const char *text, gboolean *lan)
{
  g_autoptr (GenosRoom) room = genos_room_new ("doctor");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  g_object_set (room, "relays", text, NULL);
  all = genos_room_list_relays (room);
  for (guint i = 0; all[i] != NULL; i++) {
    if (g_str_equal (all[i], "lan"))
      *lan = TRUE;
    else
      g_strv_builder_add (builder, all[i]);
  }
  return g_strv_builder_end (builder);
}

static void
print (const Doctor *doctor, gboolean json)
{
  g_autofree char *text = json ? doctor_report_to_json (doctor->report, doctor->room)
                               : doctor_report_to_text (doctor->report);

  g_print ("%s%s", text, json ? "\n" : "");
  fflush (stdout);
}

static int
examine (const Options *options)
{
  g_autoptr (DoctorReport) report = doctor_report_new ();
  gboolean lan = FALSE;
  GStrv relays = list_relays (options->relays, &lan);
  g_auto (GStrv) turn = split (options->turn);
  g_autofree char *stun =
      options->stun != NULL ? g_strdup (options->stun) : default_of ("stun-server");
  gboolean no_stun = stun == NULL || *stun == '\0' || strcmp (stun, "none") == 0;
  Doctor doctor = {
    .room = options->words != NULL ? options->words[0] : NULL,
    .password = options->password.text,
    .app_id = options->app_id,
    .dialect = options->dialect,
    .relays = relays,
    .lan = lan,
    .stun = no_stun ? NULL : stun,
    .turn = turn,
    .timeout_ms = (guint) (options->timeout * 1000),
    .report = report,
  };

  doctor_examine (&doctor);
  print (&doctor, options->json);
  g_strfreev (doctor.relays);
  return doctor_report_get_verdict (report) == DOCTOR_FAILED ? GENOS_EXIT_FAILED : GENOS_EXIT_OK;
}

int
genos_cmd_doctor (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  int exit_code;

  if (!parse (&options, argc, argv, &exit_code))
    return exit_code;
  if (!check (&options))
    return GENOS_EXIT_USAGE;
  gst_init (NULL, NULL);
  return examine (&options);
}
