{{- /*
partials.certificate: the certificate of a webhook or an API service, as JSON with the keys crt, key and caBundle
(base64; caBundle is empty where cert-manager fills it in). From the key of its values, which have externalSecret,
crtPEM, keyPEM, caBundle, injectCaFrom and injectCaFromSecret, the name of its Service, and the root context.

  {{- $certificate := include "partials.certificate" (list "tapInjector" "tap-injector" .) | fromJson }}

Where no certificate is given and no secret is promised, one is made for the Service, at every render anew. It is kept
in the root context, so that it is the same wherever it is asked for: in the Secret, in the webhook and in the checksums
of the pods. Without a caBundle the certificate is its own: Go, and so the API server, takes a certificate that is
itself among the roots.
*/ -}}
{{- define "partials.certificate" -}}
{{- $key := first . }}
{{- $root := last . }}
{{- $host := printf "%s.%s.svc" (index . 1) $root.Release.Namespace }}
{{- $known := get $root "certificates" | default dict }}
{{- if not (hasKey $known $key) }}
  {{- $certificate := dict "values" (get $root.Values $key) "path" $key "host" $host }}
  {{- $_ := set $known $key (include "partials.certificate.once" $certificate) }}
  {{- $_ = set $root "certificates" $known }}
{{- end }}
{{- get $known $key }}
{{- end }}

{{- /*
partials.certificate.once: the same without the memory, from a map with the values, where they are (path), and the name
that the certificate is for (host).
*/ -}}
{{- define "partials.certificate.once" -}}
{{- $crt := .values.crtPEM }}
{{- $key := .values.keyPEM }}
{{- $ca := .values.caBundle }}
{{- $injected := not (and (empty .values.injectCaFrom) (empty .values.injectCaFromSecret)) }}
{{- if and .values.injectCaFrom .values.injectCaFromSecret }}
  {{- fail (printf "%s.injectCaFrom and %s.injectCaFromSecret are both set: the CA comes from a Certificate or from a Secret, so leave one empty" .path .path) }}
{{- else if and $ca $injected }}
  {{- fail (printf "%s.caBundle and %s.%s are both set: cert-manager would replace the bundle, so leave one empty" .path .path (ternary "injectCaFrom" "injectCaFromSecret" (not (empty .values.injectCaFrom)))) }}
{{- else if and .values.externalSecret (not (or $ca $injected)) }}
  {{- fail (printf "%s.externalSecret is true, so the CA of that secret is needed: set %s.caBundle, %s.injectCaFrom or %s.injectCaFromSecret" .path .path .path .path) }}
{{- else if and $ca (not (or .values.externalSecret $crt)) }}
  {{- fail (printf "%s.caBundle is set, but not %s.crtPEM: a certificate made here would not fit the bundle, so give the certificate or leave the bundle empty" .path .path) }}
{{- else if not (or .values.externalSecret (eq (empty $crt) (empty $key))) }}
  {{- fail (printf "%s.crtPEM and %s.keyPEM belong together: give both, or neither to have them made here" .path .path) }}
{{- end }}
{{- if not (or .values.externalSecret $crt) }}
  {{- $made := genSelfSignedCert .host (list) (list .host) 365 }}
  {{- $crt = $made.Cert }}
  {{- $key = $made.Key }}
{{- end }}
{{- $ca = $injected | ternary "" ($ca | default $crt) }}
{{- dict "crt" (trim (toString $crt) | b64enc) "key" (trim (toString $key) | b64enc) "caBundle" (trim (toString $ca) | b64enc) | toJson }}
{{- end }}

{{- /*
partials.certificateSecret: the type and data of the Secret with such a certificate, which its server mounts. From the
same list as partials.certificate.

  metadata:
    name: tap-injector-k8s-tls
  {{ include "partials.certificateSecret" (list "tapInjector" "tap-injector" .) }}
*/ -}}
{{- define "partials.certificateSecret" -}}
{{- $certificate := include "partials.certificate" . | fromJson -}}
type: kubernetes.io/tls
data:
  tls.crt: {{ $certificate.crt }}
  tls.key: {{ $certificate.key }}
{{- end }}

{{- /*
partials.injectCAAnnotations: the annotation by which cert-manager fills in the CA bundle of a webhook, from the values
with injectCaFrom and injectCaFromSecret. Nothing where both are empty.

  {{- with include "partials.injectCAAnnotations" .Values.tapInjector }}
  annotations:
    {{- . | nindent 4 }}
  {{- end }}
*/ -}}
{{- define "partials.injectCAAnnotations" -}}
{{- with .injectCaFrom -}}
cert-manager.io/inject-ca-from: {{ . | quote }}
{{- end }}
{{- with .injectCaFromSecret -}}
cert-manager.io/inject-ca-from-secret: {{ . | quote }}
{{- end }}
{{- end }}
