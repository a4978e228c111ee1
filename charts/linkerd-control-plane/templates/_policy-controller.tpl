{{- /*
linkerd-control-plane.policyController: the fields of the container that runs the policy controller, beside its name.

  - name: policy
    {{- include "linkerd-control-plane.policyController" . | nindent 8 }}
*/ -}}
{{- define "linkerd-control-plane.policyController" -}}
{{- $any := not .Values.disableIPv6 | ternary "[::]" "0.0.0.0" }}
{{- include "linkerd-control-plane.controller" (list nil .) }}
resources:
  {{- with include "partials.resources" (.Values.policyController).resources }}
  {{- . | nindent 2 }}
  {{- end }}
command:
- /linkerd-policy-controller
args:
{{- include "linkerd-control-plane.flags" (list
  (list "--admin-addr" (printf "%s:9990" $any))
  (list "--control-plane-namespace" .Release.Namespace)
  (list "--grpc-addr" (printf "%s:8090" $any))
  (list "--server-addr" (printf "%s:9443" $any))
  (list "--server-tls-key" "/var/run/linkerd/tls/tls.key")
  (list "--server-tls-certs" "/var/run/linkerd/tls/tls.crt")
  (list "--cluster-networks" .Values.clusterNetworks)
  (list "--identity-domain" (include "linkerd-control-plane.trustDomain" .))
  (list "--cluster-domain" .Values.clusterDomain)
  (list "--default-policy" .Values.proxy.defaultInboundPolicy)
  (list "--log-level" (.Values.policyController).logLevel)
  (list "--log-format" .Values.controllerLogFormat)
  (list "--default-opaque-ports" .Values.proxy.opaquePorts)
  (list "--global-egress-network-namespace" (.Values.egress).globalEgressNetworkNamespace)
  (list "--probe-networks" (join "," (.Values.policyController).probeNetworks))
) | nindent 0 }}
ports:
- name: policy-grpc
  containerPort: 8090
- name: policy-admin
  containerPort: 9990
- name: policy-https
  containerPort: 9443
livenessProbe:
  {{- $live := list "/live" "policy-admin" (.Values.policyController).livenessProbe (dict "initialDelaySeconds" 10) }}
  {{- include "linkerd-control-plane.httpProbe" $live | nindent 2 }}
readinessProbe:
  {{- $ready := list "/ready" "policy-admin" (.Values.policyController).readinessProbe (dict "failureThreshold" 7) }}
  {{- include "linkerd-control-plane.httpProbe" $ready | nindent 2 }}
volumeMounts:
- name: policy-tls
  mountPath: /var/run/linkerd/tls
  readOnly: true
{{- include "partials.kubeAPIAccess.mount" . | nindent 0 }}
{{- end }}
