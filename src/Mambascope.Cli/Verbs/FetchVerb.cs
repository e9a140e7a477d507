using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Mambascope.Checkpoints.Hub;

namespace Mambascope.Cli.Verbs;

/// <summary>Downloads a model from the Hugging Face hub into the cache that other tools share.</summary>
internal sealed class FetchVerb : Verb
{
    private const double Kilo = 1000;

    private readonly Argument<string> model = new("MODEL") { Description = "OWNER/NAME on the Hugging Face hub", HelpName = "MODEL" };
    private readonly Option<string?> revision = OptionKinds.Text("--revision", "REVISION", "Branch, tag or commit [default: main]");

    private readonly Option<string[]> files = new("--file")
    {
        Description =
            "Only files of this path, * and ? allowed; repeat for several [default: configuration, tokenizer, and weights (safetensors "
                + "before others)]",
        HelpName = "PATTERN",
    };

    internal FetchVerb() : base("fetch", "Downloads a model from the Hugging Face hub into the local cache")
    {
        Add(model);
        Add(revision);
        Add(files);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope fetch state-spaces/mamba-130m-hf",
            "what is needed to run it; from then on --model state-spaces/mamba-130m-hf works, offline too"),
        ("mambascope fetch EleutherAI/pythia-160m --revision step3000", "another revision; --model EleutherAI/pythia-160m@step3000"),
        ("mambascope fetch state-spaces/mamba-130m-hf --file tokenizer.json", "one file"),
        ("mambascope fetch OWNER/NAME-GGUF --file NAME-Q4_K_M.gguf", "one of several quantised files; --model OWNER/NAME-GGUF opens it"),
    ];

    /// <inheritdoc/>
    internal override string Remarks => "Interrupted downloads go on where they ended. Every file is checked by its hash.\n"
        + "The environment is that of Hugging Face's own tools: HF_HUB_CACHE, HF_HOME, HF_TOKEN, HF_ENDPOINT, HF_HUB_OFFLINE.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        var name = HubName.Parse(session.Arguments.GetValue(model)!, session.Arguments.GetValue(revision));
        var settings = HubSettings.FromEnvironment();
        var patterns = session.Arguments.GetValue(files) ?? [];
        var fetched = session.Progress.During($"asking {settings.Endpoint.Host} for {name}", say =>
            HubFetch.Run(settings, name, patterns, new Teller(say)).GetAwaiter().GetResult());
        if (session.Json)
        {
            session.WriteJson(Json(name, fetched));
            return;
        }

        foreach (var file in fetched.Files)
        {
            session.Note($"{file.Path}: {Amount(file.Size)}, {(file.IsNew ? "downloaded" : "was in the cache")}");
        }

        session.Out.WriteLine(fetched.Folder);
    }

    private static JsonObject Json(HubName name, FetchedModel fetched) => new()
    {
        ["model"] = name.Repository,
        ["revision"] = name.Revision,
        ["commit"] = fetched.Commit,
        ["folder"] = fetched.Folder,
        ["files"] = new JsonArray([.. fetched.Files.Select(file => (JsonNode)new JsonObject
        {
            ["path"] = file.Path,
            ["bytes"] = file.Size,
            ["hash"] = file.Hash.Length > 0 ? file.Hash : null,
            ["downloaded"] = file.IsNew,
        })]),
    };

    private static string Amount(double bytes)
    {
        string[] units = ["bytes", "kB", "MB", "GB", "TB"];
        var unit = 0;
        for (; bytes >= Kilo && unit < units.Length - 1; unit++)
        {
            bytes /= Kilo;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.#} {units[unit]}");
    }

    /// <summary>Says at once and in order how far it is; the usual reporter would hand it to another thread.</summary>
    private sealed class Teller(Action<string> say) : IProgress<HubTransfer>
    {
        public void Report(HubTransfer value)
        {
            var left = value.TimeLeft is { } time
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $", {Amount(value.Rate)}/s, "
                        + $"{(time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{time:m\\:ss}")} left")
                : "";
            say(
                $"{value.File}: "
                    + (value.IsWaiting
                        ? "waiting for another process that downloads it"
                        : $"{Amount(value.Done)} of {Amount(value.Total)}{left}"));
        }
    }
}
