# The page of `serve` in a container. Build the program first: mvn -Dquick -pl cli -am package
# docs/serve.md tells how to build and run it.
FROM eclipse-temurin:21-jdk

RUN groupadd --system --gid 10001 faces \
    && useradd --system --uid 10001 --gid faces --home-dir /data --shell /usr/sbin/nologin faces \
    && install --directory --owner=faces --group=faces --mode=0700 /data
COPY cli/target/facepipeline.jar /app/facepipeline.jar

# All that is written: the people in /data, native libraries and models in /tmp.
ENV FACEPIPELINE_CACHE=/tmp/facepipeline FACEPIPELINE_OFFLINE=true
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080

CMD ["java", "-XX:MaxRAMPercentage=60", "-Djava.io.tmpdir=/tmp", "-jar", "/app/facepipeline.jar", "serve", "--host", "0.0.0.0", "--gallery", "/data/people"]

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /api/people HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
