/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-hub.h>

#include <string.h>

static void
on_delivered (GenosRelaySubscription *subscription, GString *event_json, gpointer owner)
{
  g_assert_nonnull (strstr (event_json->str, "\"kind\":"));
  ++*(guint *) owner;
}

/* @filters: the rest of a REQ */
static GenosRelaySubscription *
subscribe (const char *filters, guint *count)
{
  g_autofree char *text = g_strdup_printf ("[\"REQ\",\"s\",%s]", filters);
  g_autoptr (GenosNip01Message) req = genos_nip01_message_parse (text, -1, NULL);

  g_assert_nonnull (req);
  return genos_relay_subscription_new ("s", req->filters, on_delivered, count);
}

static void
publish (GenosRelayHub *hub, guint kind)
{
  g_autoptr (GenosNip01Event) event = genos_nip01_event_new (kind, 10, "");

  genos_relay_hub_publish (hub, event);
}

static void
test_once_however_many_filters (void)
{
  static const struct {
    const char *filters;
    guint delivered; /* of kinds 20001 and 20002 */
  } rows[] = {
    { "{\"kinds\":[20001]}", 1 },
    { "{\"kinds\":[20001,20001]},{\"kinds\":[20001]}", 1 },
    { "{\"kinds\":[20001,20002]}", 2 },
    { "{}", 2 },
    { "{},{\"kinds\":[20001]}", 2 },
    { "{\"kinds\":[]}", 0 },
    { "{\"kinds\":[20001],\"since\":11},{\"kinds\":[20002],\"until\":9}", 0 },
    { "{\"kinds\":[20001],\"since\":10,\"until\":10}", 1 },
    { "{\"kinds\":[20001],\"limit\":0}", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    GenosRelayHub *hub = genos_relay_hub_new ();
    guint count = 0;
    g_autoptr (GenosRelaySubscription) subscription = subscribe (rows[i].filters, &count);

    genos_relay_hub_add (hub, subscription);
    publish (hub, 20001);
    publish (hub, 20002);
    g_assert_cmpuint (count, ==, rows[i].delivered);
    g_assert_cmpuint (hub->counters.events, ==, 2);
    genos_relay_hub_remove (hub, subscription);
    publish (hub, 20001);
    g_assert_cmpuint (count, ==, rows[i].delivered);
    g_assert_cmpuint (g_hash_table_size (hub->by_kind), ==, 0);
    genos_relay_hub_free (hub);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay-server/relay-hub/once", test_once_however_many_filters);
  return g_test_run ();
}
