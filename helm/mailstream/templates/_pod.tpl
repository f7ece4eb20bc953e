{{- /* What all pods have in common; nothing here may be weakened by a value. */ -}}
{{- define "mailstream.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "mailstream.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "mailstream.podMetadata" -}}
{{- $pod := (get .root.Values .role).pod -}}
labels:
  {{- include "mailstream.labels" . | nindent 2 }}
  {{- with $pod.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  checksum/config: {{ .config | sha256sum }}
  {{- if .policies }}
  checksum/policies: {{ .policies | sha256sum }}
  {{- end }}
  {{- with $pod.annotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "mailstream.podCommon" -}}
{{- $pod := (get .root.Values .role).pod -}}
serviceAccountName: {{ include "mailstream.serviceAccount" . }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $pod.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "mailstream.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: {{ .root.Values.topologySpread.zone }}
    labelSelector:
      matchLabels:
        {{- include "mailstream.selector" . | nindent 8 }}
    matchLabelKeys: {{ .revisionKeys }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: {{ .root.Values.topologySpread.node }}
    labelSelector:
      matchLabels:
        {{- include "mailstream.selector" . | nindent 8 }}
    matchLabelKeys: {{ .revisionKeys }}
{{- end -}}

{{- /* The JVM's own start takes seconds; what it waits for is told by readiness, not by these. */ -}}
{{- define "mailstream.probes" -}}
startupProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  httpGet: {path: /readyz, port: http}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
{{- end -}}

{{- define "mailstream.container" -}}
{{- $role := get .root.Values .role -}}
- name: {{ (get (fromYaml (include "mailstream.roles" .root)) .role).name }}
  image: {{ include "mailstream.image" . }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args: [--config, /etc/mailstream/config/mailstream.properties]
  env:
    - name: POD_NAME
      valueFrom:
        fieldRef: {fieldPath: metadata.name}
    {{- range $name, $value := .env }}
    - name: {{ $name }}
      value: {{ $value | quote }}
    {{- end }}
    - name: JAVA_TOOL_OPTIONS
      value: {{ $role.jvmOptions | quote }}
  ports:
    - name: http
      containerPort: {{ include "mailstream.port" . }}
  {{- include "mailstream.probes" . | nindent 2 }}
  resources:
    {{- toYaml $role.resources | nindent 4 }}
  securityContext:
    {{- include "mailstream.containerSecurity" . | nindent 4 }}
  volumeMounts:
    - name: config
      mountPath: /etc/mailstream/config
      readOnly: true
    {{- if .policies }}
    - name: policies
      mountPath: /etc/mailstream/policies
      readOnly: true
    {{- end }}
    {{- if .state }}
    - name: state
      mountPath: /var/lib/mailstream
    {{- end }}
    - name: tmp
      mountPath: /tmp
    {{- with include "mailstream.secretMounts" . | trim }}
    {{- . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "mailstream.volumes" -}}
- name: config
  configMap:
    name: {{ include "mailstream.name" . }}
{{- if .policies }}
- name: policies
  configMap:
    name: {{ default (printf "%s-policies" (include "mailstream.fullname" .root)) .root.Values.policies.existingConfigMap }}
{{- end }}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- with include "mailstream.secretVolumes" . | trim }}
{{- . | nindent 0 }}
{{- end }}
{{- end -}}
