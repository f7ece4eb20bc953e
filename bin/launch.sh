# What the commands in this directory share; sourced, not run. Expects $root.

# Needed by the broker's, RocksDB's and the AWS client's native parts on JDK 25.
jvm_flags=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 2
}

# The major version of the JDK in a directory; nothing where there is none.
java_version() {
  local home=$1 version=
  [ -x "$home/bin/java" ] || return 0
  if [ -r "$home/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
  fi
  if [ -z "$version" ]; then
    version=$("$home/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -1)
  fi
  printf '%s' "$version"
}

# The home of the java on the path, through its links.
java_on_path() {
  local java link
  java=$(command -v java) || return 0
  while [ -L "$java" ]; do
    link=$(readlink "$java")
    case $link in
      /*) java=$link ;;
      *) java=$(dirname "$java")/$link ;;
    esac
  done
  (cd "$(dirname "$java")/.." && pwd)
}

# Directories that may hold a JDK, one a line.
java_homes() {
  printf '%s\n' "${JAVA_HOME:-}" "${JAVA25_HOME:-}" "$(java_on_path)"
  if [ -r "$HOME/.m2/toolchains.xml" ]; then
    sed -n 's:.*<jdkHome>\(.*\)</jdkHome>.*:\1:p' "$HOME/.m2/toolchains.xml"
  fi
  local home
  for home in "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* \
    /usr/lib/jvm/* /usr/java/* /opt/*jdk* /opt/java/* \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if [ -d "$home" ]; then
      printf '%s\n' "$home"
    fi
  done
}

# Sets $java to a Java 25 or newer.
find_java() {
  local home version
  while IFS= read -r home; do
    [ -n "$home" ] || continue
    version=$(java_version "$home")
    if [ -n "$version" ] && [ "$version" -ge 25 ]; then
      java=$home/bin/java
      # Maven's toolchain discovery looks here too.
      export JAVA25_HOME=$home
      return
    fi
  done < <(java_homes)
  fail "no JDK 25 or newer was found: install one, for example from https://adoptium.net, or set JAVA_HOME to it"
}

# Whether the classes of a module are there and newer than all that they are made of.
is_built() {
  local module=$1 stamp=$root/$1/target/launch.stamp file=$root/$1/target/classpath.txt entry
  [ -f "$stamp" ] && [ -s "$file" ] || return 1
  while IFS= read -r -d : entry; do
    [ -e "$entry" ] || return 1
  done < <(printf '%s:' "$(cat "$file")")
  [ -z "$(cd "$root" && find pom.xml ./*/pom.xml ./*/src/main -newer "$stamp" -print 2>/dev/null | head -1)" ]
}

# Builds a module and what it needs, without tests, and has Maven write down its class path.
build() {
  local module=$1 log=$root/$1/target/build.log started=$root/$1/target/launch.started
  command -v mvn >/dev/null || fail "Maven was not found: install Maven 3.8 or newer (mvn)"
  mkdir -p "$root/$module/target"
  printf 'Building (the first time Maven downloads what it needs; the log is %s)\n' "$log" >&2
  touch "$started"
  # The last command in a pipe hides the status of the first.
  set -o pipefail
  if ! (cd "$root" && mvn -B -Dquick -Dmaven.test.skip=true -Dmdep.includeScope=runtime \
      -Dmdep.outputFile=target/classpath.txt -pl "$module" -am \
      compile dependency:build-classpath 2>&1) | tee "$log" | progress >&2; then
    sed -n 's/^\[ERROR\]/  &/p' "$log" | head -30 >&2
    fail "the build failed; $log has all of it"
  fi
  mv "$started" "$root/$module/target/launch.stamp"
}

progress() {
  awk '
    /^\[INFO\] Building Mailstream / { print "  " substr($0, 17); fflush(); next }
    /^\[INFO\] Downloaded / {
      if (++files % 50 == 0) { print "  " files " files downloaded"; fflush() }
    }'
}

# launch MODULE CLASS JVM-FLAG... -- ARGUMENT...: becomes the program.
launch() {
  local module=$1 class=$2
  shift 2
  while [ "$1" != -- ]; do
    jvm_flags+=("$1")
    shift
  done
  shift
  find_java
  is_built "$module" || build "$module"
  exec "$java" "${jvm_flags[@]}" -Dmailstream.home="$root" \
    -cp "$root/$module/target/classes:$(cat "$root/$module/target/classpath.txt")" \
    "$class" "$@"
}
