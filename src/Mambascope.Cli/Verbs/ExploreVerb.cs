using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Mambascope.Explorer;
using Mambascope.Models;

namespace Mambascope.Cli.Verbs;

/// <summary>A page in which one looks inside.</summary>
internal sealed class ExploreVerb : Verb
{
    private const int StandardPort = 7411;
    private const int MostPort = 65_535;
    private const int TokenBytes = 18;
    private static readonly string[] standard =
        [ModelOptions.StandardVisionModel, "demo-deit", ModelOptions.StandardLanguageModel, "demo-motifs"];

    private readonly Argument<string[]> models = new("MODEL")
    {
        Description = $"Models to look into, as --model takes them elsewhere [default: {string.Join(' ', standard)}]",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> series = new("--series")
    {
        Description = "Series or rows of a table for models that read them: .ts, .csv, .tsv or .npz; repeat for several [default: "
            + "motifs:24 for models of motifs]",
        HelpName = "FILE[#CASE]",
    };

    private readonly Option<string[]> pictures = new("--picture")
    {
        Description = "Picture that the page offers first; repeat for several",
        HelpName = "FILE",
    };

    private readonly Option<string?> view = OptionKinds.Text(
        "--view", "VIEW", "What the page shows: the part of an address behind its #; a page of explain --out names one");

    private readonly Option<int?> port = OptionKinds.Whole(
        "--port", "N", $"Port of the page; 0 for any that is free [default: {StandardPort}, or any where that is taken]", 0, MostPort);
    private readonly Option<string?> address = OptionKinds.Text(
        "--address",
        "ADDRESS",
        "Address to listen on, so that other machines can open the page; they need the token in the address that is printed [default: this "
            + "machine alone]");

    internal ExploreVerb()
        : base("explore", "Opens a page in which one looks inside: a picture, text or series, what decided, and what happens without it")
    {
        models.CompletionSources.Add([.. ModelSpecification.Shipped()]);
        Add(models);
        Add(pictures);
        Add(series);
        Add(view);
        Add(port);
        Add(address);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope explore", "the models that ship, at http://127.0.0.1:7411/"),
        ("mambascope explore my-model/ demo-deit", "your own model beside a transformer"),
        ("mambascope explore my-model/ --picture scan.dcm", "a picture of your own, ready to be looked at"),
        ("mambascope explore demo-mamba demo-neox", "two language models side by side"),
        ("mambascope explore my-model --series measurements.csv", "a model of series or tables, and what it is to read"),
        ("mambascope explore --address 0.0.0.0 --port 8080", "for other machines too, with a token"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "The page works without a network: everything it needs is in the program, and nothing is sent anywhere. Pictures that\n"
            + "are dropped on it stay in memory. Ctrl-C ends it.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.IsDouble)
        {
            throw new UsageException("--precision double is not for explore: the page computes in single precision");
        }

        var listen = Address(session);
        var opened = new List<LoadedModel>();
        try
        {
            foreach (var name in session.Arguments.GetValue(models) is { Length: > 0 } named ? named : standard)
            {
                opened.Add(session.Progress.During($"opening {name}", () => LoadedModel.Open(name, session.Threads)));
            }

            Serve(session, opened, listen).GetAwaiter().GetResult();
        }
        finally
        {
            foreach (var model in opened)
            {
                model.Dispose();
            }
        }
    }

    private async Task Serve(Session session, List<LoadedModel> opened, IPAddress listen)
    {
        using var end = new CancellationTokenSource();
        using var gently = Interruption.Instead(end.Cancel);
        var options = new ExplorerOptions
        {
            Models = opened,
            Pictures = session.Arguments.GetValue(pictures) ?? [],
            Series = session.Arguments.GetValue(series) ?? [],
            Address = listen,
            Port = session.Arguments.GetValue(port) ?? StandardPort,
            Token = IPAddress.IsLoopback(listen) ? null : NewToken(),
            Defect = error => session.Warn($"a defect, please report it: {error.ToString().ReplaceLineEndings(" ")}"),
        };
        await using var server = await Start(options, isNamed: session.Arguments.GetValue(port) is not null);
        var shown = new UriBuilder(server.Address) { Fragment = session.Arguments.GetValue(view)?.TrimStart('#') ?? "" }.Uri;
        if (session.Json)
        {
            session.WriteJson(new JsonObject
            {
                ["address"] = shown.AbsoluteUri,
                ["models"] = new JsonArray([.. opened.Select(model => (JsonNode)model.Name)]),
            });
        }
        else
        {
            session.Out.WriteLine(shown.AbsoluteUri);
            session.Out.WriteLine($"looks into {string.Join(", ", opened.Select(model => model.Name))}; Ctrl-C ends it");
        }

        session.Out.Flush();
        await Task.Delay(Timeout.Infinite, end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static string NewToken() => Convert.ToHexString(RandomNumberGenerator.GetBytes(TokenBytes)).ToLowerInvariant();

    // A port that nobody named may be another one.
    private static async Task<ExplorerServer> Start(ExplorerOptions options, bool isNamed)
    {
        try
        {
            return await ExplorerServer.Start(options);
        }
        catch (BadInputException) when (!isNamed)
        {
            return await ExplorerServer.Start(options with { Port = 0 });
        }
    }

    private IPAddress Address(Session session)
        => session.Arguments.GetValue(address) is not { } word ? IPAddress.Loopback
            : word == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(word, out var parsed) ? parsed
            : throw new UsageException($"{address.Name} {word}: expected an address such as 0.0.0.0 or 192.168.1.20");
}
