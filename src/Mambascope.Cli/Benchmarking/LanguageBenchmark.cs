using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Cli.Benchmarking;

/// <summary>
/// What is timed on a language model: reading a text (prefill), going on token by token (decode), and for models with scans a row of the
/// hidden attention of every layer, the mean matrix of one layer, and a rollout of a text too long to record whole. Which tokens they are
/// does not change the work: they are drawn from a seed.
/// </summary>
internal sealed class LanguageBenchmark(ILanguageModel model, Workers workers, int? longText)
{
    private const int RowLength = 2048;
    private const int MatrixLength = 1024;

    // Tokens of one timing of decode, and those read before.
    private const int DecodeTokens = 8;
    private const int Prompt = 16;

    private static readonly int[] prefillLengths = [512, 2048];

    private readonly ModelWork? work = model.Work;
    private readonly Dictionary<int, double> prefill = [];

    /// <summary>The timings; measure each before asking for the next.</summary>
    internal IEnumerable<(string Name, Func<LanguageMeasurement> Measure)> All()
    {
        foreach (var length in prefillLengths)
        {
            yield return ($"prefill.{length}", () => Prefill(length));
        }

        yield return ("decode", Decode);
        if (!model.Shape.IsOnly(MixerKind.Scan))
        {
            yield break;
        }

        yield return ($"attention_row.{RowLength}", AttentionRow);
        yield return ($"mean_matrix.{MatrixLength}", MeanMatrix);
        if (longText is { } length0)
        {
            yield return ($"rollout.{length0}", () => Rollout(length0));
        }
    }

    private LanguageMeasurement Prefill(int length)
    {
        var (tokens, pool) = (TokenBatch.Of(Text(length)), new BufferPool<float>());
        var (timing, memory) = Measure($"prefill.{length}", work?.Forward(length) ?? 0, () =>
            model.Forward(new Tape<float>(workers, pool, isRecording: false), tokens).Dispose());
        prefill[length] = timing.Milliseconds;
        return new(timing, memory, length);
    }

    private LanguageMeasurement Decode()
    {
        var text = new TextGeneration<float>(model, workers);
        text.Read(Text(Prompt));
        var next = Text(1);
        var bandwidth = MemoryBandwidth.Measure(workers);
        var (all, memory) = Measure("decode", DecodeTokens * (work?.Forward(1) ?? 0), () =>
        {
            for (var i = 0; i < DecodeTokens; i++)
            {
                text.Read(next);
            }
        });
        var one = all with { Milliseconds = all.Milliseconds / DecodeTokens, Work = all.Work / DecodeTokens };
        return new(one, memory, Tokens: 1, work?.Bytes ?? 0, Math.Max(bandwidth, MemoryBandwidth.Measure(workers)));
    }

    private LanguageMeasurement AttentionRow()
    {
        // The rows are taken while the model reads: what they take is what reading takes more.
        var (tokens, pool, raw) = (TokenBatch.Of(Text(RowLength)), new BufferPool<float>(), AttributionMethods.Find("raw", model.Shape));
        Machine.ResetPeakMemory();
        var timing = Measurement.OfDifference(
            workers,
            $"attention_row.{RowLength}",
            work?.Rows(RowLength) ?? 0,
            () => model.Forward(new Tape<float>(workers, pool, isRecording: false), tokens).Dispose(),
            () =>
            {
                var map = raw.WhileRunning<float>(model.Shape, raw.Read(new()), RowLength - 1, RowLength)!;
                var tape = Bounded(pool);
                model.Forward(tape, tokens, positions: null, (number, layer) => map.See(number, layer, tape)).Dispose();
                map.Finish();
            });
        return new(timing, Machine.PeakMemory, OfPrefill: prefill.GetValueOrDefault(RowLength));
    }

    private LanguageMeasurement MeanMatrix()
    {
        using var trace = Record(MatrixLength);
        var layer = trace.ScanMixers[model.Depth / 2];
        var (timing, memory) = Measure($"mean_matrix.{MatrixLength}", work?.Mixers[model.Depth / 2].Matrices(MatrixLength) ?? 0, () =>
            MatrixReduction.Reduce(workers, layer, 0, new()));
        return new(timing, memory);
    }

    private LanguageMeasurement Rollout(int length)
    {
        var tokens = Text(length);
        var (timing, memory) = Measure($"rollout.{length}", work: 0, () => LongText.Explain<float>(model, workers, tokens, "rollout"));
        return new(timing, memory);
    }

    private (Measurement Timing, double Memory) Measure(string name, double work, Action action)
    {
        Machine.ResetPeakMemory();
        var timing = Measurement.Of(workers, name, work, action);
        return (timing, Machine.PeakMemory);
    }

    private Trace<float> Record(int length)
        => model.Forward(Bounded(new()), TokenBatch.Of(Text(length)));

    private Tape<float> Bounded(BufferPool<float> pool) => new(workers, pool, isRecording: true) { KeepsStreamsOnly = true };

    private int[] Text(int length)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(model.VocabularySize))];
    }
}
