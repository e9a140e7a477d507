using System.IO.Compression;
using System.Net;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Mambascope.Application;
using Mambascope.Explorer.Answers;
using Mambascope.Explorer.Serving;
using Mambascope.Explorer.Subjects;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Mambascope.Explorer;

/// <summary>
/// The server of the page. One process, models that were loaded once; what it answers depends on the address that is asked alone.
/// <code>
/// await using var server = await ExplorerServer.Start(new() { Models = [model] });
/// Console.WriteLine(server.Address);
/// </code>
/// </summary>
internal sealed class ExplorerServer : IAsyncDisposable
{
    private const int MostConnections = 256;
    private const int LongestJob = 64;
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(5);

    private readonly WebApplication application;
    private readonly WorkQueue queue;

    private ExplorerServer(WebApplication application, WorkQueue queue, Uri address)
        => (this.application, this.queue, Address) = (application, queue, address);

    /// <summary>What to open in a browser, with the token where there is one.</summary>
    internal Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="BadInputException">The address or port cannot be had, or a picture or a file of series cannot be read.</exception>
    internal static async Task<ExplorerServer> Start(ExplorerOptions options)
    {
        // Empty: no setting of the machine, no variable and no file may open another port or turn a check off.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Limit(kestrel, options));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<RouteHandlerOptions>(route => route.ThrowOnBadRequest = true);
        builder.Services.AddOpenApi(ApiDocument.Describe);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        builder.Services.AddResponseCompression(compression =>
            compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "text/javascript", "image/svg+xml", Tensors.Kind]);
        builder.Services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Fastest);
        builder.Services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        var models = new OpenModels(options.Models);
        var (pictures, series) = (new Pictures(options), new SeriesSubjects(options.Series, models));
        var (application, queue) = (builder.Build(), new WorkQueue(options.Running, options.Waiting, options.Longest));
        Map(application, options, queue, models, pictures, series);
        try
        {
            await application.StartAsync();
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await application.DisposeAsync();
            queue.Dispose();
            throw new BadInputException(
                $"cannot listen on {options.Address}, port {options.Port}: {error.Message}; name another with --port, or 0 for any", error);
        }

        var bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var address = new UriBuilder(bound) { Query = options.Token is { } token ? $"{Gate.Parameter}={token}" : "" };
        if (options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any))
        {
            address.Host = Dns.GetHostName();
        }

        return new(application, queue, address.Uri);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(patience);
        await application.StopAsync(limit.Token);
        await application.DisposeAsync();
        queue.Dispose();
    }

    private static void Limit(KestrelServerOptions kestrel, ExplorerOptions options)
    {
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = MostConnections;
        limits.MaxRequestBodySize = options.MostBytes;
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.MinRequestBodyDataRate = new(bytesPerSecond: 1024, gracePeriod: patience);
        kestrel.Listen(options.Address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
    }

    private static void Map(
        WebApplication application, ExplorerOptions options, WorkQueue queue, OpenModels models, Pictures pictures,
        SeriesSubjects series)
    {
        var board = new ProgressBoard();
        var desk = new Desk(queue, board);
        application.UseResponseCompression();
        application.Use(Headers.Add);
        application.Use((context, next) => Refusals.Answer(context, next, options.Defect));
        application.Use(new Gate(options).Pass);
        application.UseRouting();
        PageFiles.Map(application);
        var api = ApiDocument.Describe(application.MapGroup("/api"));
        ModelAnswers.Map(api, models, pictures, series);
        new PictureAnswers(options, models, pictures, desk).Map(api);
        new TextAnswers(options, models, desk).Map(api);
        new SeriesAnswers(models, series, desk).Map(api);
        var stopping = application.Lifetime.ApplicationStopping;
        api.MapGet("/progress/{job}", (string job) => job.Length > LongestJob
                ? throw new BadInputException($"a job's name has at most {LongestJob} characters")
                : TypedResults.ServerSentEvents(Steps(board, job, stopping)))
            .Asks("Progress", "How far a job is: server-sent events until one goes");
        application.MapOpenApi("/api/openapi.json");
    }

    private static async IAsyncEnumerable<SseItem<Step>> Steps(
        ProgressBoard board, string job, CancellationToken stopping, [EnumeratorCancellation] CancellationToken gone = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, stopping);
        await foreach (var step in board.Listen(job, either.Token))
        {
            yield return new(step, "step");
        }
    }
}
