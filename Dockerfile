# The server with its web app, models and sample pictures.
#
# docker build -t asterism .
#
# PROFILE=--release optimises everything and takes about an hour on two cores;
# empty builds as `cargo xtask run` does, in a third of that.
FROM rust:1.95-bookworm AS build
ARG PROFILE=--release
RUN apt-get update \
    && apt-get install -y --no-install-recommends nasm npm python3-pip \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ENV ASTERISM_CACHE=/cache CI=true
RUN cargo xtask build $PROFILE \
    && install -D /cache/target/$([ -n "$PROFILE" ] && echo release || echo debug)/asterism /out/bin/asterism \
    && cp -r /cache/models /cache/samples /cache/frontend /out/

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/asterism --create-home asterism
COPY --from=build /out/bin/asterism /usr/local/bin/asterism
COPY --from=build /out/models /usr/share/asterism/models
COPY --from=build /out/samples /usr/share/asterism/samples
COPY --from=build /out/frontend /usr/share/asterism/frontend
ENV ASTERISM_LISTEN=0.0.0.0:8080 \
    ASTERISM_MQTT_LISTEN=0.0.0.0:1883 \
    ASTERISM_DATA_DIR=/var/lib/asterism \
    ASTERISM_MODELS_DIR=/usr/share/asterism/models \
    ASTERISM_SAMPLES_DIR=/usr/share/asterism/samples \
    ASTERISM_STATIC_DIR=/usr/share/asterism/frontend \
    ASTERISM_LOG=json
USER asterism
VOLUME /var/lib/asterism
EXPOSE 8080 1883
# SIGTERM drains within ten seconds
STOPSIGNAL SIGTERM
ENTRYPOINT ["asterism"]
CMD ["serve"]
