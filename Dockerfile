# Built by the very commands that CI runs: restore in locked mode, then publish.
FROM node:22-slim AS node

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
COPY --from=node /usr/local /usr/local
WORKDIR /source
COPY . .
RUN dotnet restore src/OpsConsole/OpsConsole.csproj --locked-mode
# Compiled ahead of time, framework included: the first page is there in half the time.
RUN dotnet publish src/OpsConsole/OpsConsole.csproj --configuration Release -p:PublishProfile=Container --output /app

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0
WORKDIR /app
COPY --from=build /app .
RUN mkdir /data && chown "$APP_UID" /data
USER $APP_UID
VOLUME /data
EXPOSE 8080
ENV ASPNETCORE_URLS=http://+:8080 \
    ASPNETCORE_ENVIRONMENT=Production \
    OpsConsole__DataDirectory=/data \
    DOTNET_SYSTEM_BUFFERS_SHAREDARRAYPOOL_MAXARRAYSPERPARTITION=8192
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["./OpsConsole", "healthcheck"]
ENTRYPOINT ["./OpsConsole"]
