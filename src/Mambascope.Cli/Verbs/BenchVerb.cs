using System.CommandLine;
using System.Text.Json.Nodes;
using Mambascope.Cli.Benchmarking;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs;

/// <summary>What this machine does with a model.</summary>
internal sealed class BenchVerb : Verb
{
    private const string Standard = "random:vim-small";
    private readonly ModelOptions model;

    private readonly Option<int?> longText = OptionKinds.Whole(
        "--long", "N", "For models with scans that read text: also time a rollout of a text of N tokens, for example 100000 (minutes)", 1);

    private readonly Option<string?> only = OptionKinds.Text(
        "--only", "ROWS", "Time only the rows whose names begin so; several with commas between them, such as forward,attribution");

    internal BenchVerb() : base("bench", "Times of a model on this machine, beside the machine's peak measured in the same process")
    {
        model = new(this, Standard, readsText: true, standardText: null);
        Add(longText);
        Add(only);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope bench", "Vim-S with random weights, all processors"),
        ("mambascope bench --model random:deit-small", "the transformer of the same size"),
        ("mambascope bench --model random:vim-tiny --threads 1", "a smaller model on one thread"),
        ("mambascope bench --model random:mamba-130m", "a language model: reading and generating text, hidden attention"),
        ("mambascope bench --model random:granite-4.0-h-350m:q8_0", "a hybrid with its matrices quantised as Q8_0; also q4_k, f16"),
        ("mambascope bench --model random:mamba2-130m --long 100000", "and a rollout over 100,000 tokens, piece by piece"),
        ("mambascope bench --only attribution.exact", "one row alone, and the most memory that it takes"),
        ("mambascope bench --json", "one flat object, for a script"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Times are medians. raw and rollout are what they add to a recorded forward pass; attribution is whole, from pixels to map. A "
        + "share is\n"
        + "of the multiply-add peak of the threads in use, 0 to 1; work is counted from the sizes (linear layers, scans, matrix entries).\n"
        + "masked_forward is the perturbation test of one map (18 masked copies of a picture), batched_forward plain inference on as many\n"
        + "pictures in batches of the same size; both on one thread, in turn.\n"
        + "For language models: prefill.L reads L tokens and scores the last, decode goes on by one token (of bandwidth: bytes of weights "
        + "a token,\n"
        + "beside what this machine reads from memory), attention_row.L is the hidden attention of the last token in every layer of a "
        + "recorded\n"
        + "text (of prefill: beside reading it), mean_matrix.L the mean matrix of one layer, rollout.N a rollout of N tokens in pieces.\n"
        + "Most memory is that of the process during each.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.IsDouble)
        {
            throw new UsageException("bench times the fast kernels, which are single precision; leave --precision out");
        }

        if (model.Named(session) is { } name && ModelInputs.Of(name) == ModelInput.Text)
        {
            ExecuteText(session);
            return;
        }

        if (session.Arguments.GetResult(longText) is not null)
        {
            throw new UsageException($"{longText.Name} is for language models: name one with --model, for example random:mamba-130m");
        }

        using var classifier = model.Open(session);
        var peak = FmaPeak.Measure(classifier.Workers);
        var benchmark = new PictureBenchmark(classifier.Model, classifier.Workers);
        var measurements = Timings(session, benchmark.All());
        MaskedForward? masked = null;
        if (IsWanted(session, "masked_forward"))
        {
            masked = session.Progress.During("timing masked_forward", () =>
                MaskedForward.Of(classifier.Model, classifier.Preprocessing, benchmark.ForwardWork));
            measurements.AddRange([masked.Batched, masked.Masked]);
        }

        RefuseNothing(session, measurements.Count, benchmark.All().Select(timing => timing.Name).Append("masked_forward"));
        if (session.Json)
        {
            WriteJson(session, classifier.Workers.Count, peak, measurements, masked);
        }
        else
        {
            WriteTable(session.Out, classifier.Name, classifier.Workers.Count, peak, measurements, masked);
        }
    }

    private void ExecuteText(Session session)
    {
        using var text = model.OpenText(session);
        var tokens = session.Arguments.GetValue(longText);
        if (tokens is not null && !text.Model.Shape.IsOnly(MixerKind.Scan))
        {
            throw new UsageException(
                $"{longText.Name} is for models with scans only; {text.Name} has {text.Model.Shape.Words}: the whole text is needed at "
                    + "once");
        }

        var peak = FmaPeak.Measure(text.Workers);
        var benchmark = new LanguageBenchmark(text.Model, text.Workers, tokens);
        var measurements = Timings(session, benchmark.All());
        RefuseNothing(session, measurements.Count, benchmark.All().Select(timing => timing.Name));
        var report = new LanguageBenchmarkReport(text.Name, text.Workers.Count, peak, measurements);
        if (session.Json)
        {
            session.WriteJson(report.Json());
        }
        else
        {
            report.Write(session.Out);
        }
    }

    private List<T> Timings<T>(Session session, IEnumerable<(string Name, Func<T> Measure)> all)
    {
        var timings = new List<T>();
        foreach (var (name, measure) in all)
        {
            if (IsWanted(session, name))
            {
                timings.Add(session.Progress.During($"timing {name}", measure));
            }
        }

        return timings;
    }

    private bool IsWanted(Session session, string row)
        => session.Arguments.GetValue(only) is not { } names
            || names
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Any(name => row.StartsWith(name, StringComparison.Ordinal));

    private void RefuseNothing(Session session, int count, IEnumerable<string> rows)
    {
        if (count == 0)
        {
            throw new UsageException(
                $"{only.Name} {session.Arguments.GetValue(only)}: no row begins so; this model has {string.Join(", ", rows)}");
        }
    }

    private static void WriteJson(
        Session session, int threads, double peak, IReadOnlyList<Measurement> measurements, MaskedForward? masked)
    {
        var result = new JsonObject
        {
            ["threads"] = threads,
            ["instruction_set"] = Machine.InstructionSet,
            ["fma_peak_gflops"] = Math.Round(peak, 1),
            ["peak_rss_mb"] = Math.Round(Machine.PeakMemory, 1),
        };
        foreach (var measurement in measurements)
        {
            result[$"{measurement.Name}.ms"] = Math.Round(measurement.Milliseconds, 4);
            result[$"{measurement.Name}.share_of_peak"] = Math.Round(measurement.Share, 4);
        }

        if (masked is not null)
        {
            result["masked_forward.share_of_batched"] = Math.Round(masked.ShareOfBatched, 4);
        }

        session.WriteJson(result);
    }

    private static void WriteTable(
        TextWriter output, string name, int threads, double peak, IReadOnlyList<Measurement> measurements, MaskedForward? masked)
    {
        output.WriteLine(
            $"{name} on {threads} {(threads == 1 ? "thread" : "threads")}, {Machine.InstructionSet}, peak {peak:0} GFLOP/s, most memory "
                + $"{Machine.PeakMemory:0} MB");
        var table = new TextTable("", " ms", " GFLOP", " GFLOP/s", " share of peak", " repetitions");
        foreach (var m in measurements)
        {
            table.Add(
                m.Name, $"{m.Milliseconds:0.00}", $"{m.Work / 1e9:0.00}", $"{m.Rate:0.0}", $"{m.Share * 100:0.0} %", $"{m.Repetitions}");
        }

        table.Write(output);
        if (masked is null)
        {
            return;
        }

        output.WriteLine(
            $"The perturbation test's masked pictures pass at {masked.ShareOfBatched * 100:0.0} % of the rate of plain batches, both on "
                + "one thread.");
    }
}
