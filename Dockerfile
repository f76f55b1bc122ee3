# Build: every dependency by hash. Run: no compiler, no root, read-only but for /data.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY guides guides
COPY storage storage
COPY webhooks webhooks
RUN python -m venv /builder && /builder/bin/pip install hatchling==1.33.0 \
 && /builder/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /venv/bin/pip install --no-deps /wheels/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data gocua && mkdir /data && chown gocua /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 GOCUA_DATA_DIR=/data \
    GOCUA_DATABASE_URL=sqlite:////data/gocua.db
USER gocua
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD \
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["gocua", "serve", "--host", "0.0.0.0"]
