using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Autodiff.Operators;
using Mambascope.Inputs.Series;
using Mambascope.Models.Mixers;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// A model of measurements, a classifier or one that predicts a number: a token is a time step with all its channels (or P steps), or a
/// column of a table; blocks are those of Vision Mamba, from one end or from both, or those of a vision transformer; the head reads
/// the mean of all tokens or the last one.
/// <code>
/// B batch    L tokens    C channels    P steps a token    d width    E, N, R as in Vision Mamba
/// r = W x[tP .. tP+P] + b (+ position)              steps      r (B, L, d)
/// r = sum over the numbers v of a column of x[v] W[v] + position        columns of a table
/// r = r + block(norm(r));   logits = head( mean over t of norm(r) )
/// </code>
/// </summary>
internal sealed partial class SeriesClassifier : ISeriesModel
{
    private readonly Backbone stack;

    /// <summary>Builds the model around its weights.</summary>
    internal SeriesClassifier(SeriesModelSettings config, SeriesWeights weights)
    {
        (Config, Weights) = (config, weights);
        stack = config.Mixer == SeriesMixer.Scan ? Scans(config, weights) : Attentions(config, weights);
    }

    /// <summary>Sizes.</summary>
    public SeriesModelSettings Config { get; }

    /// <inheritdoc/>
    public SeriesFormat Format => Config.Format;

    /// <inheritdoc/>
    public SeriesScale Scale => Config.Scale;

    /// <inheritdoc/>
    public int PatchLength => Config.PatchLength;

    /// <inheritdoc/>
    public int? LongestSeries
        => Format.Kind == SeriesKind.Steps && Config.Positions > 0 ? Config.Positions * Config.PatchLength : null;

    /// <inheritdoc/>
    public int Classes => Config.Classes;

    /// <inheritdoc/>
    public PredictedNumber? Number => Config.Number;

    /// <inheritdoc/>
    public ModelShape Shape => stack.Shape;

    /// <inheritdoc/>
    public int Depth => stack.Depth;

    /// <inheritdoc/>
    public int Branches => stack.Branches;

    /// <inheritdoc/>
    public IEnumerable<Weight> AllWeights => Weights.All;

    private SeriesWeights Weights { get; }

    private bool IsOfSteps => Format.Kind == SeriesKind.Steps;

    /// <inheritdoc/>
    public int Tokens(int steps) => IsOfSteps ? (steps + PatchLength - 1) / PatchLength : Format.Variables.Count;

    /// <inheritdoc/>
    public Trace<T> Forward<T>(Tape<T> tape, Activation<T> values, Func<int, float[]>? dropPath = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Check(values.Length, values.Width);
        var mark = tape.Mark();
        var input = tape.Input(values);
        return Run(tape, mark, input, Embed(tape, input), values.Length, dropPath);
    }

    /// <inheritdoc/>
    public Trace<T> ForwardInput<T>(Tape<T> tape, Activation<T> input, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Forward(tape, input);

    /// <inheritdoc/>
    public Trace<T> ForwardTokens<T>(Tape<T> tape, Activation<T> tokens, ScorePositions? positions = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mark = tape.Mark();
        var input = tape.Input(tokens);
        return Run(tape, mark, input, input, tokens.Length * PatchLength, dropPath: null);
    }

    private void Check(int length, int width)
    {
        var (steps, numbers) = IsOfSteps ? (length, width) : (Format.Values, width == 1 ? length : -1);
        if (numbers != Format.Values || steps < 1)
        {
            throw new BadInputException(IsOfSteps
                ? $"The model reads series of {Format.Values} channels; the input has {length} steps of {width} values"
                : $"The model reads rows of {Format.Values} numbers; the input has {length} of {width}");
        }

        if (steps > LongestSeries)
        {
            throw new BadInputException(
                $"The series has {steps} steps, and the model has positions for {LongestSeries}; cut it, or train a model for longer ones");
        }
    }

    // (B, L, d).
    private Value<T> Embed<T>(Tape<T> tape, Value<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var tokens = IsOfSteps
            ? tape.Linear(tape.TimePatches(input, PatchLength), Weights.Embedding, Weights.EmbeddingBias)
            : tape.FeatureTokens(input, Weights.Embedding, Format.Spans());
        return Weights.Positions is null ? tokens : tape.TokenSequence(tokens, classToken: null, -1, Weights.Positions);
    }

    private Trace<T> Run<T>(Tape<T> tape, int mark, Value<T> input, Value<T> tokens, int steps, Func<int, float[]>? dropPath)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var L = tokens.Data.Length;
        var read = Config.ReadsLast ? L - 1 : -1;
        var (stream, layers) = stack.Run(tape, mark, tokens, new(L), new RunConditions<T> { DropPath = dropPath });
        var norm = new Norm(Weights.Norm, Weights.NormBias, Config.NormEpsilon).Of(tape, stream); // (B, L, d)
        var logits = tape.Linear(tape.PoolTokens(norm, read), Weights.Head, Weights.HeadBias); // (B, 1, classes)
        int[][] scored = [.. Enumerable.Repeat<int[]>([read], logits.Data.Batch)];
        return new(tape, input, tokens, layers, logits, scored, grid: null)
        {
            IsClassifier = true,
            Pooled = Config.ReadsLast ? null : norm,
            InputSpans = IsOfSteps
                ? [.. Enumerable.Range(0, L).Select(t => (t * PatchLength, Math.Min(PatchLength, steps - (t * PatchLength))))]
                : Format.Spans(),
        };
    }

    private static Backbone Scans(SeriesModelSettings config, SeriesWeights weights)
        => new(weights.Scans.Select(w => (IReadOnlyList<ResidualBranch>)
        [
            new(new Norm(w.Norm, Bias: null, config.NormEpsilon), new S6Mixer(
                w.InProj,
                inBias: null,
                [.. w.Scans.Select((scan, i) => Scan(scan, isReversed: i == 1))],
                w.OutProj,
                outBias: null,
                1f / w.Scans.Count)),
        ]));

    private static Backbone Attentions(SeriesModelSettings config, SeriesWeights weights)
        => new(weights.Attentions.Select(w => (IReadOnlyList<ResidualBranch>)
        [
            new(new Norm(w.Norm1, w.Norm1Bias, config.NormEpsilon), new SoftmaxMixer(
                new(w.Qkv, w.QkvBias, w.Projection, w.ProjectionBias), config.Heads, QkvLayout.ByKind, isCausal: false)),
            new(new Norm(w.Norm2, w.Norm2Bias, config.NormEpsilon), new Mlp(w.Fc1, w.Fc1Bias, w.Fc2, w.Fc2Bias)),
        ]));

    private static S6Scan Scan(DirectionWeights w, bool isReversed)
        => new(w.Conv, w.ConvBias, w.XProj, w.DtProj, w.DtBias, w.ALog, w.D, isReversed);
}
