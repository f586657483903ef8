/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "doctor.h"

#include <string.h>

/* Each host once, however many servers are on it. */
typedef struct {
  Doctor *doctor;
  char *host;
  GCancellable *cancellable;
  guint timeout;
  gboolean timed_out;
  gint64 started;
} Lookup;

static void
report_addresses (Lookup *self, GList *addresses)
{
  GString *text = g_string_new (NULL);
  gint64 ms = (g_get_monotonic_time () - self->started) / 1000;
  DoctorRow *row;

  for (GList *l = addresses; l != NULL; l = l->next) {
    g_autofree char *address = g_inet_address_to_string (l->data);

    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", address);
  }
  row = doctor_report_add (self->doctor->report, DOCTOR_CHECK_DNS, self->host, DOCTOR_OK,
      GENOS_REASON_UNKNOWN, "%s, after %d ms", text->str, (int) ms);
  doctor_row_set_value (row, "lookup-ms", ms);
  g_string_free (text, TRUE);
}

static void
on_found (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  Lookup *self = user_data;
  g_autoptr (GError) error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (resolver), result, &error);

  if (addresses != NULL)
    report_addresses (self, addresses);
  else
    doctor_report_add (self->doctor->report, DOCTOR_CHECK_DNS, self->host, DOCTOR_FAILED,
        GENOS_REASON_DNS_FAILED, "%s",
        self->timed_out ? "no name server answered in time" : error->message);
  g_resolver_free_addresses (addresses);
  if (!self->timed_out)
    g_source_remove (self->timeout);
  doctor_release (self->doctor);
  g_object_unref (self->cancellable);
  g_free (self->host);
  g_free (self);
}

static gboolean
on_timeout (gpointer user_data)
{
  Lookup *self = user_data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
look_up (Doctor *doctor, const char *host)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Lookup *self = g_new0 (Lookup, 1);

  self->doctor = doctor;
  self->host = g_strdup (host);
  self->cancellable = g_cancellable_new ();
  self->started = g_get_monotonic_time ();
  self->timeout = g_timeout_add (doctor->timeout_ms, on_timeout, self);
  doctor_hold (doctor);
  g_resolver_lookup_by_name_async (resolver, host, self->cancellable, on_found, self);
}

static void
collect (GPtrArray *hosts, const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NON_DNS, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0' || g_hostname_is_ip_address (host)
      || g_ptr_array_find_with_equal_func (hosts, host, g_str_equal, NULL))
    return;
  g_ptr_array_add (hosts, g_strdup (host));
}

void
doctor_check_dns (Doctor *self)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; self->relays[i] != NULL; i++)
    collect (hosts, self->relays[i]);
  for (guint i = 0; self->turn[i] != NULL; i++)
    collect (hosts, self->turn[i]);
  if (self->stun != NULL)
    collect (hosts, self->stun);
  if (hosts->len == 0)
    doctor_report_add (self->report, DOCTOR_CHECK_DNS, NULL, DOCTOR_SKIPPED, GENOS_REASON_UNKNOWN,
        "no host is given by name");
  for (guint i = 0; i < hosts->len; i++)
    look_up (self, g_ptr_array_index (hosts, i));
}
