/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "supervisor.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib-unix.h>

#define FIRST_FD 3
#define MAX_FDS 64

static gboolean
read_number (const char *name, gint64 max, gint64 *number)
{
  const char *text = g_getenv (name);

  return text != NULL && g_ascii_string_to_signed (text, 10, 1, max, number, NULL);
}

static gboolean
take_socket (GPtrArray *sockets, int fd, GError **error)
{
  GSocket *socket;

  fcntl (fd, F_SETFD, FD_CLOEXEC);
  socket = g_socket_new_from_fd (fd, error);
  if (socket == NULL) {
    g_prefix_error (error, "descriptor %d is no socket to listen on: ", fd);
    return FALSE;
  }
  g_ptr_array_add (sockets, socket);
  return TRUE;
}

GPtrArray *
genos_supervisor_take_sockets (GError **error)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 pid = 0;
  gint64 n = 0;
  gboolean ours = read_number ("LISTEN_PID", G_MAXINT32, &pid) && pid == getpid ()
      && read_number ("LISTEN_FDS", MAX_FDS, &n);

  g_unsetenv ("LISTEN_PID");
  g_unsetenv ("LISTEN_FDS");
  g_unsetenv ("LISTEN_FDNAMES");
  for (int i = 0; ours && i < n; i++) {
    if (!take_socket (sockets, FIRST_FD + i, error))
      return NULL;
  }
  return g_steal_pointer (&sockets);
}

void
genos_supervisor_notify (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  socklen_t length;
  int fd;

  if (path == NULL || strlen (path) < 2 || strlen (path) >= sizeof address.sun_path)
    return;
  memcpy (address.sun_path, path, strlen (path));
  /* "@" stands for the NUL that an abstract name begins with. */
  if (path[0] == '@')
    address.sun_path[0] = '\0';
  length = G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + strlen (path);
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;
  sendto (fd, state, strlen (state), MSG_NOSIGNAL, (const struct sockaddr *) &address, length);
  close (fd);
}
