{{- /*
partials.binding: what a RoleBinding or ClusterRoleBinding binds: a role to a service account in the namespace of the
release. From the kind of the role, its name, the name of the account, and the root context.

  metadata:
    name: linkerd-policy
  {{ include "partials.binding" (list "ClusterRole" "linkerd-policy" "linkerd-destination" .) }}
*/ -}}
{{- define "partials.binding" -}}
{{- $root := index . 3 -}}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ index . 0 }}
  name: {{ index . 1 | quote }}
subjects:
- kind: ServiceAccount
  name: {{ index . 2 | quote }}
  namespace: {{ $root.Release.Namespace }}
{{- end }}
