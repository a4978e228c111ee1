{{- /*
linkerd-control-plane.proxy: the fields of the container of a pod's proxy, beside its name, from a map with

  root       the root context
  inbound    the ports on which the component listens: "8080,9990"
  resources  the component's own resources for its proxy, laid over proxy.resources (may be left out)
  addresses  where the proxy finds the parts of the control plane that run beside it: {identity: "localhost.:8080"}
             (may be left out)
  requireTLS ports on which plain text is refused (may be left out)
  first      the pod cannot do without its proxy, so start it first: as a native sidecar, or with a hook (may be false)

  - name: linkerd-proxy
    {{- include "linkerd-control-plane.proxy" (dict "root" . "inbound" "8443,9995" "first" true) | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.proxy" -}}
{{- $values := .root.Values }}
{{- $proxy := $values.proxy }}
{{- $native := and .first $proxy.nativeSidecar }}
{{- $await := and .first $proxy.await }}
{{- include "linkerd-control-plane.proxyImage" .root }}
{{- if $native }}
restartPolicy: Always
{{- end }}
env:
{{- include "linkerd-control-plane.proxyEnv" . | trim | nindent 0 }}
{{- if and $await (not $native) }}
lifecycle:
  postStart:
    exec:
      command:
      - /usr/lib/linkerd/linkerd-await
      - --timeout=2m
      - --port={{ int64 $proxy.ports.admin }}
{{- end }}
ports:
- name: linkerd-proxy
  containerPort: {{ int64 $proxy.ports.inbound }}
- name: linkerd-admin
  containerPort: {{ int64 $proxy.ports.admin }}
livenessProbe:
  {{- include "linkerd-control-plane.httpProbe" (list "/live" (int64 $proxy.ports.admin) $proxy.livenessProbe dict) | nindent 2 }}
readinessProbe:
  {{- include "linkerd-control-plane.httpProbe" (list "/ready" (int64 $proxy.ports.admin) $proxy.readinessProbe dict) | nindent 2 }}
{{- if and $await $native }}
startupProbe:
  {{- include "linkerd-control-plane.httpProbe" (list "/ready" (int64 $proxy.ports.admin) $proxy.startupProbe dict) | nindent 2 }}
{{- end }}
{{- include "linkerd-control-plane.proxyResources" . | nindent 0 }}
securityContext:
  {{- if $proxy.securityContext }}
  {{- toYaml $proxy.securityContext | nindent 2 }}
  {{- else }}
  {{- include "partials.securityContext" (list $proxy.uid $proxy.gid) | nindent 2 }}
  {{- end }}
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
- name: linkerd-identity-end-entity
  mountPath: /var/run/linkerd/identity/end-entity
{{- if ($proxy.tracing).enabled }}
- name: linkerd-podinfo
  mountPath: /var/run/linkerd/podinfo
{{- end }}
{{- if $values.identity.serviceAccountTokenProjection }}
- name: linkerd-identity-token
  mountPath: /var/run/secrets/tokens
{{- end }}
{{- end }}

{{- /*
linkerd-control-plane.proxyImage: the image that holds the proxy, and the programs that prepare the pod for it.

  {{- include "linkerd-control-plane.proxyImage" . | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.proxyImage" -}}
{{- $image := .Values.proxy.image }}
{{- $version := coalesce $image.version .Values.linkerdVersion }}
{{- include "partials.image" (list $image.name $version (coalesce $image.pullPolicy .Values.imagePullPolicy)) }}
{{- end }}

{{- /*
linkerd-control-plane.proxyResources: the resources of the proxy, and of what prepares the pod for it, from the map of
linkerd-control-plane.proxy. An amount that is empty in the component's own resources is that of proxy.resources.

  {{- include "linkerd-control-plane.proxyResources" (dict "root" . "resources" .Values.identityProxyResources) | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.proxyResources" -}}
{{- $resources := dict }}
{{- range $from := list .root.Values.proxy.resources .resources }}
  {{- range $name, $amounts := $from }}
    {{- $merged := get $resources $name | default dict }}
    {{- range $bound, $amount := $amounts }}
      {{- with $amount }}
        {{- $_ := set $merged $bound . }}
      {{- end }}
    {{- end }}
    {{- $_ := set $resources $name $merged }}
  {{- end }}
{{- end -}}
resources:
  {{- with include "partials.resources" $resources }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end }}
