# The hub, for `sverka up`, `sverka web`, `sverka worker` and every other command.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE requirements.lock ./
COPY src src
# The versions are those the tests were run with; the lock's hashes cover the tools of development too, so not they.
RUN python -m venv /opt/sverka \
 && sed -nE 's/^([a-z0-9._-]+==[^ ;]+).*/\1/p' requirements.lock > constraints.txt \
 && /opt/sverka/bin/pip install --no-cache-dir --constraint constraints.txt '.[postgres]'

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/sverka --create-home sverka
COPY --from=build /opt/sverka /opt/sverka
ENV PATH=/opt/sverka/bin:$PATH PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /var/lib/sverka
VOLUME /var/lib/sverka
EXPOSE 8080
ENTRYPOINT ["sverka"]
CMD ["up", "--listen", "0.0.0.0:8080"]
