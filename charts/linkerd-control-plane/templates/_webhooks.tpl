{{- /*
linkerd-control-plane.webhook: the fields of a webhook that all have, beside its name and its rules. From the key of its
values (proxyInjector, profileValidator or policyValidator), the name of its Service, and the root context, as
partials.certificate.

  webhooks:
  - name: linkerd-proxy-injector.linkerd.io
    {{- include "linkerd-control-plane.webhook" (list "proxyInjector" "linkerd-proxy-injector" .) | nindent 4 }}
*/ -}}
{{- define "linkerd-control-plane.webhook" -}}
{{- $root := index . 2 -}}
clientConfig:
  service:
    name: {{ index . 1 }}
    namespace: {{ $root.Release.Namespace }}
    path: /
  {{- with (include "partials.certificate" . | fromJson).caBundle }}
  caBundle: {{ . }}
  {{- end }}
{{- with (get $root.Values (first .)).namespaceSelector }}
namespaceSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
failurePolicy: {{ $root.Values.webhookFailurePolicy | default "Ignore" | quote }}
admissionReviewVersions: ["v1", "v1beta1"]
sideEffects: None
{{- end }}
