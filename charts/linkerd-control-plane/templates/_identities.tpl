{{- /*
linkerd-control-plane.trustDomain: the domain in the identities of the mesh.

  identity-trust-domain: {{ include "linkerd-control-plane.trustDomain" . | quote }}
*/ -}}
{{- define "linkerd-control-plane.trustDomain" -}}
{{- .Values.identityTrustDomain | default .Values.clusterDomain }}
{{- end }}

{{- /*
linkerd-control-plane.identityOf: the identity that the mesh gives to a service account, from its name, its namespace
and the root context.

  {{- include "linkerd-control-plane.identityOf" (list "linkerd-identity" .Release.Namespace .) }}
*/ -}}
{{- define "linkerd-control-plane.identityOf" -}}
{{- $root := index . 2 }}
{{- printf "%s.%s.serviceaccount.identity.%s.%s" (index . 0) (index . 1) $root.Release.Namespace (include "linkerd-control-plane.trustDomain" $root) }}
{{- end }}

{{- /*
linkerd-control-plane.proxyEnv.identity: how the proxy comes by its certificate, and whom it takes for whom.
*/ -}}
{{- define "linkerd-control-plane.proxyEnv.identity" }}
{{- $namespace := .root.Release.Namespace }}
{{- $address := printf "linkerd-identity-headless.%s.svc.%s.:8080" $namespace .root.Values.clusterDomain }}
{{- $destination := include "linkerd-control-plane.identityOf" (list "linkerd-destination" $namespace .root) }}
{{- $token := "/var/run/secrets/kubernetes.io/serviceaccount/token" }}
{{- if .root.Values.identity.serviceAccountTokenProjection }}
  {{- $token = "/var/run/secrets/tokens/linkerd-identity-token" }}
{{- end }}
- name: _pod_sa
  valueFrom:
    fieldRef:
      fieldPath: spec.serviceAccountName
{{- include "linkerd-control-plane.variables" (list
  (list "_l5d_ns" $namespace)
  (list "_l5d_trustdomain" (include "linkerd-control-plane.trustDomain" .root))
  (list "LINKERD2_PROXY_IDENTITY_DIR" "/var/run/linkerd/identity/end-entity")
) }}
- name: LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS
  valueFrom:
    configMapKeyRef:
      name: linkerd-identity-trust-roots
      key: ca-bundle.crt
{{- include "linkerd-control-plane.variables" (list
  (list "LINKERD2_PROXY_IDENTITY_TOKEN_FILE" $token)
  (list "LINKERD2_PROXY_IDENTITY_SVC_ADDR" ((.addresses).identity | default $address))
  (list "LINKERD2_PROXY_IDENTITY_LOCAL_NAME" (include "linkerd-control-plane.identityOf" (list "$(_pod_sa)" "$(_pod_ns)" .root)))
  (list "LINKERD2_PROXY_IDENTITY_SVC_NAME" (include "linkerd-control-plane.identityOf" (list "linkerd-identity" $namespace .root)))
  (list "LINKERD2_PROXY_DESTINATION_SVC_NAME" $destination)
  (list "LINKERD2_PROXY_POLICY_SVC_NAME" $destination)
) }}
{{- end }}
