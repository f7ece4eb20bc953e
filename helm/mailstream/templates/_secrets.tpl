{{- /* The secrets of one role that come from one source: {"keys": {configuration key: reference}}. */ -}}
{{- define "mailstream.secretsFrom" -}}
{{- $found := dict -}}
{{- range $key, $ref := (get .root.Values .role).secrets -}}
{{- if $ref -}}
{{- if eq (default $.root.Values.secrets.source $ref.source) $.source }}{{ $_ := set $found $key $ref }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $found | toJson -}}
{{- end -}}

{{- /* Each secret is a file named like its configuration key, in a directory for each source. */ -}}
{{- define "mailstream.secretVolumes" -}}
{{- $kubernetes := fromJson (include "mailstream.secretsFrom" (merge (dict "source" "kubernetes") .)) -}}
{{- if $kubernetes }}
- name: secrets-kubernetes
  projected:
    defaultMode: 288 # 0440
    sources:
      {{- range $key, $ref := $kubernetes }}
      - secret:
          name: {{ $ref.name }}
          items:
            - key: {{ required (printf "%s.secrets.%s: give the key in the Secret %s" $.role $key $ref.name) $ref.key }}
              path: {{ $key }}
      {{- end }}
{{- end }}
{{- if fromJson (include "mailstream.secretsFrom" (merge (dict "source" "csi") .)) }}
- name: secrets-csi
  csi:
    driver: secrets-store.csi.k8s.io
    readOnly: true
    volumeAttributes:
      secretProviderClass: {{ include "mailstream.name" . }}
{{- end }}
{{- if fromJson (include "mailstream.secretsFrom" (merge (dict "source" "external") .)) }}
- name: secrets-external
  secret:
    secretName: {{ include "mailstream.name" . }}-external
    defaultMode: 288 # 0440
{{- end }}
{{- if .root.Values.kafka.ca.secretName }}
- name: kafka-ca
  secret:
    secretName: {{ .root.Values.kafka.ca.secretName }}
    defaultMode: 288 # 0440
    items:
      - key: {{ .root.Values.kafka.ca.key }}
        path: ca.crt
{{- end }}
{{- end -}}

{{- define "mailstream.secretMounts" -}}
{{- range list "kubernetes" "csi" "external" }}
{{- if fromJson (include "mailstream.secretsFrom" (merge (dict "source" .) $)) }}
- name: secrets-{{ . }}
  mountPath: /etc/mailstream/secrets/{{ . }}
  readOnly: true
{{- end }}
{{- end }}
{{- if .root.Values.kafka.ca.secretName }}
- name: kafka-ca
  mountPath: /etc/mailstream/kafka-ca
  readOnly: true
{{- end }}
{{- end -}}
