# syntax=docker/dockerfile:1
# The same image as `dotnet publish /t:PublishContainer` makes; a test holds the two together.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /source
COPY . .
RUN dotnet publish src/KubeSentiment -c Release -a $TARGETARCH --no-self-contained -o /app

# Chiseled: no shell, no package manager, not root. "extra" brings ICU, which tokenizers need.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra
WORKDIR /app
COPY --from=build /app .
ENV ASPNETCORE_HTTP_PORTS=""
ENV ORT_DISABLE_TELEMETRY="1"
EXPOSE 8000
USER $APP_UID
ENTRYPOINT ["/app/kubesentiment"]
