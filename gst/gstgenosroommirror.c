/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosroommirror.h"

#include <string.h>

/* What the elements spell themselves: with other names, types or defaults than the room's. */
static const char *const own[] = { "name", "password", "app-id", "dialect", "relays", "stun-server",
  "turn-servers", "peer-id", "kind", "latency", NULL };

/* What any element of the room may ask for, whichever joined first: it changes nothing for peers. */
static const char *const shared[] = { "stats-interval", NULL };

static gboolean
is_mirrored (GParamSpec *pspec)
{
  return (pspec->flags & G_PARAM_WRITABLE) != 0 && g_param_spec_get_blurb (pspec) != NULL
      && !g_strv_contains (own, pspec->name);
}

static gpointer
list_pspecs (gpointer data)
{
  g_autoptr (GTypeClass) klass = g_type_class_ref (GENOS_TYPE_ROOM);
  guint n;
  g_autofree GParamSpec **all = g_object_class_list_properties (G_OBJECT_CLASS (klass), &n);
  GPtrArray *mirrored = g_ptr_array_new ();

  for (guint i = 0; i < n; i++) {
    if (is_mirrored (all[i]))
      g_ptr_array_add (mirrored, g_param_spec_ref (all[i]));
  }
  return mirrored;
}

static GPtrArray *
get_pspecs (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, list_pspecs, NULL);
}

guint
gst_genos_room_mirror_get_n (void)
{
  return get_pspecs ()->len;
}

GParamSpec *
gst_genos_room_mirror_get_pspec (guint index)
{
  return g_ptr_array_index (get_pspecs (), index);
}

static GParamSpec *
dup_number_pspec (GParamSpec *pspec, const char *nick, const char *blurb, GParamFlags flags)
{
  switch (G_TYPE_FUNDAMENTAL (pspec->value_type)) {
    case G_TYPE_BOOLEAN:
      return g_param_spec_boolean (
          pspec->name, nick, blurb, G_PARAM_SPEC_BOOLEAN (pspec)->default_value, flags);
    case G_TYPE_UINT: {
      GParamSpecUInt *from = G_PARAM_SPEC_UINT (pspec);

      return g_param_spec_uint (
          pspec->name, nick, blurb, from->minimum, from->maximum, from->default_value, flags);
    }
    case G_TYPE_ENUM:
      return g_param_spec_enum (pspec->name, nick, blurb, pspec->value_type,
          G_PARAM_SPEC_ENUM (pspec)->default_value, flags);
    default:
      /* A programmer's mistake, seen by the first test that makes an element. */
      g_error ("property %s is of a type the elements cannot mirror", pspec->name);
  }
}

static GParamSpec *
dup_pspec (GParamSpec *pspec)
{
  const char *nick = g_param_spec_get_nick (pspec);
  const char *blurb = g_param_spec_get_blurb (pspec);
  GParamFlags flags = (pspec->flags & ~G_PARAM_EXPLICIT_NOTIFY) | G_PARAM_STATIC_STRINGS;

  if ((flags & (GST_PARAM_MUTABLE_READY | GST_PARAM_MUTABLE_PLAYING)) == 0)
    flags |= GST_PARAM_MUTABLE_READY;
  if (pspec->value_type == G_TYPE_STRING)
    return g_param_spec_string (
        pspec->name, nick, blurb, G_PARAM_SPEC_STRING (pspec)->default_value, flags);
  return dup_number_pspec (pspec, nick, blurb, flags);
}

void
gst_genos_room_mirror_install (GObjectClass *klass, guint first_id)
{
  for (guint i = 0; i < gst_genos_room_mirror_get_n (); i++)
    g_object_class_install_property (
        klass, first_id + i, dup_pspec (gst_genos_room_mirror_get_pspec (i)));
}

void
gst_genos_room_mirror_init (GstGenosRoomMirror *self)
{
  self->values = g_new0 (GValue, gst_genos_room_mirror_get_n ());
}

/* What cannot be read may be a secret. */
static void
wipe (GParamSpec *pspec, const GValue *value)
{
  char *text = G_VALUE_HOLDS_STRING (value) ? (char *) g_value_get_string (value) : NULL;

  if ((pspec->flags & G_PARAM_READABLE) == 0 && text != NULL)
    memset (text, 0, strlen (text));
}

static void
unset (GstGenosRoomMirror *self, guint index)
{
  GValue *value = &self->values[index];

  if (!G_IS_VALUE (value))
    return;
  wipe (gst_genos_room_mirror_get_pspec (index), value);
  g_value_unset (value);
}

void
gst_genos_room_mirror_clear (GstGenosRoomMirror *self)
{
  for (guint i = 0; self->values != NULL && i < gst_genos_room_mirror_get_n (); i++)
    unset (self, i);
  g_clear_pointer (&self->values, g_free);
}

void
gst_genos_room_mirror_copy (GstGenosRoomMirror *self, const GstGenosRoomMirror *from)
{
  gst_genos_room_mirror_init (self);
  for (guint i = 0; i < gst_genos_room_mirror_get_n (); i++) {
    if (G_IS_VALUE (&from->values[i]))
      gst_genos_room_mirror_set (self, i, &from->values[i]);
  }
}

void
gst_genos_room_mirror_set (GstGenosRoomMirror *self, guint index, const GValue *value)
{
  unset (self, index);
  g_value_init (&self->values[index], G_VALUE_TYPE (value));
  g_value_copy (value, &self->values[index]);
}

void
gst_genos_room_mirror_get (const GstGenosRoomMirror *self, guint index, GValue *value)
{
  if (G_IS_VALUE (&self->values[index]))
    g_value_copy (&self->values[index], value);
  else
    g_param_value_set_default (gst_genos_room_mirror_get_pspec (index), value);
}

void
gst_genos_room_mirror_apply (const GstGenosRoomMirror *self, GenosRoom *room)
{
  for (guint i = 0; i < gst_genos_room_mirror_get_n (); i++) {
    if (G_IS_VALUE (&self->values[i]))
      g_object_set_property (
          G_OBJECT (room), gst_genos_room_mirror_get_pspec (i)->name, &self->values[i]);
  }
}

static gboolean
equals (GParamSpec *pspec, const GstGenosRoomMirror *running, guint index, const GValue *wanted)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, pspec->value_type);
  gst_genos_room_mirror_get (running, index, &value);
  return g_param_values_cmp (pspec, &value, wanted) == 0;
}

const char *
gst_genos_room_mirror_find_conflict (
    const GstGenosRoomMirror *running, const GstGenosRoomMirror *wanted)
{
  for (guint i = 0; i < gst_genos_room_mirror_get_n (); i++) {
    GParamSpec *pspec = gst_genos_room_mirror_get_pspec (i);

    if (G_IS_VALUE (&wanted->values[i]) && !g_strv_contains (shared, pspec->name)
        && !equals (pspec, running, i, &wanted->values[i]))
      return pspec->name;
  }
  return NULL;
}

void
gst_genos_room_mirror_apply_shared (const GstGenosRoomMirror *self, GenosRoom *room)
{
  for (guint i = 0; i < gst_genos_room_mirror_get_n (); i++) {
    const char *name = gst_genos_room_mirror_get_pspec (i)->name;

    if (G_IS_VALUE (&self->values[i]) && g_strv_contains (shared, name))
      g_object_set_property (G_OBJECT (room), name, &self->values[i]);
  }
}
