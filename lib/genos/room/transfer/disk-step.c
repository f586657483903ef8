/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/disk-step.h>

typedef struct {
  gpointer operation;
  GenosDiskStepFunc func;
} Step;

static void
run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Step *step = data;
  GError *error = NULL;

  if (step->func (step->operation, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
genos_disk_step_run (gpointer operation, GenosDiskStepFunc func, GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, operation);
  Step *step = g_new (Step, 1);

  *step = (Step){ operation, func };
  g_task_set_source_tag (task, genos_disk_step_run);
  g_task_set_task_data (task, step, g_free);
  g_task_run_in_thread (task, run_in_thread);
}
