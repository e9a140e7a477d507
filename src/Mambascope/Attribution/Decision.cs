using System.Numerics;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// What is being explained: the score of one class, read at one token, for every item of a recorded run; or by how much it exceeds the
/// score of another class (a contrast: why "is" and not "are"). Gradients of that score are computed once, on first use, for all methods.
/// For text, classes are token ids, and the score is that of the token which comes after the one at which it is read.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed class Decision<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] rows;
    private Replay<T>? gradients;
    private Replay<T>? tokenGradient;
    private LayerReplays<T>? layerGradients;
    private (int Layer, Replay<T> Replay)? lateGradients;
    private Decision<double>? inDouble;

    /// <summary>States what is explained.</summary>
    /// <param name="trace">A recorded run.</param>
    /// <param name="targets">Class per item; null for the highest score.</param>
    /// <param name="token">
    /// Token whose view of the input is explained; null for the one the classifier reads (-1: mean of all). For text, where it is scored:
    /// null for the last scored.
    /// </param>
    /// <param name="contrasts">Class per item whose score is taken off; null for none.</param>
    public Decision(Trace<T> trace, IReadOnlyList<int>? targets = null, int? token = null, IReadOnlyList<int>? contrasts = null)
    {
        if (trace.Layers.Count == 0)
        {
            throw new InvalidOperationException("The run was not recorded; create its tape with isRecording: true to explain it");
        }

        Trace = trace;
        var logits = trace.Logits.Data;
        Token = token ?? trace.ReadToken;
        var length = trace.Layers[^1].Layout.Length;
        if (Token < -1 || Token >= length)
        {
            throw new BadInputException($"token {Token} does not exist; the sequence has tokens 0 to {length - 1}");
        }

        if (token is null && trace.ScoredTokens.Any(tokens => tokens[^1] != Token))
        {
            throw new BadInputException(
                "the texts of this run end at different tokens; explain them one by one, or name a token that all of them have");
        }

        // A classifier has one row of scores, whichever token's view is explained; a language model has one a token.
        rows = [.. Enumerable.Range(0, logits.Batch).Select(item => trace.IsClassifier ? 0 : trace.ScoreRow(item, Token))];
        Targets = targets ?? [.. rows.Select((row, item) => ArgMax.Of(logits.Row(item, row)))];
        Contrasts = contrasts;
        foreach (var target in Targets.Concat(contrasts ?? []))
        {
            if (target < 0 || target >= logits.Width)
            {
                throw new BadInputException(trace.IsClassifier
                    ? $"class {target} does not exist; the model has classes 0 to {logits.Width - 1}"
                    : $"token id {target} does not exist; the model has ids 0 to {logits.Width - 1}");
            }
        }

        if (contrasts is not null && Targets.Zip(contrasts).Any(pair => pair.First == pair.Second))
        {
            throw new BadInputException($"a class cannot be contrasted with itself; both are {contrasts[0]}");
        }
    }

    /// <summary>The run.</summary>
    public Trace<T> Trace { get; }

    /// <summary>Explained class of each item; for text a token id.</summary>
    public IReadOnlyList<int> Targets { get; }

    /// <summary>Class of each item whose score is taken off that of the target; null for none.</summary>
    public IReadOnlyList<int>? Contrasts { get; }

    /// <summary>Token whose row of attention is read, or -1 for the mean over all tokens.</summary>
    public int Token { get; }

    /// <summary>Items in the run.</summary>
    public int Batch => Trace.Logits.Data.Batch;

    /// <summary>Score of the explained class of an item, less that of the contrast.</summary>
    public T Score(int item)
    {
        var scores = Trace.Logits.Data.Row(item, rows[item]);
        return scores[Targets[item]] - (Contrasts is null ? T.Zero : scores[Contrasts[item]]);
    }

    /// <summary>Adjoints of the score at the tokens and at what each block explains, computed once.</summary>
    public Replay<T> Gradients => GradientsUntil(CancellationToken.None);

    /// <summary>The same; what computes them first can be stopped.</summary>
    internal Replay<T> GradientsUntil(CancellationToken cancellation)
        => gradients ??= Backward([Trace.Tokens, .. Trace.Layers.SelectMany(layer => layer.Explained)], rules: null, cancellation);

    /// <summary>
    /// The adjoint of one value that a block explains, in a run that keeps streams only: it holds until a value of another layer is asked
    /// for.
    /// </summary>
    internal Activation<T> Gradient(Value<T> explained, CancellationToken cancellation)
    {
        if (gradients is not null)
        {
            return gradients[explained];
        }

        var layer = Enumerable.Range(0, Trace.Layers.Count).First(at => Trace.Layers[at].Explained.Any(value => value == explained));
        layerGradients ??= new(this, rules: null, trace => trace.Explained);
        return layerGradients.Of(layer, cancellation)[explained];
    }

    /// <summary>The adjoint of the score at the tokens, (Batch, L, d), for as long as the decision is there.</summary>
    internal Activation<T> TokenGradient(CancellationToken cancellation)
    {
        if (gradients is null && Trace.Tape.KeepsStreamsOnly)
        {
            tokenGradient ??= Backward([Trace.Tokens], rules: null, cancellation);
            return tokenGradient[Trace.Tokens];
        }

        return GradientsUntil(cancellation)[Trace.Tokens];
    }

    /// <summary>
    /// Adjoints at what the layers from <paramref name="layer"/> on explain, for methods that look at no others: the way back ends there.
    /// Those of all layers, where they are known already.
    /// </summary>
    internal Replay<T> GradientsSince(int layer, CancellationToken cancellation)
    {
        if (gradients is not null || layer == 0)
        {
            return GradientsUntil(cancellation);
        }

        if (lateGradients is { } late && late.Layer <= layer)
        {
            return late.Replay;
        }

        var replay = Backward([.. Trace.Layers.Skip(layer).SelectMany(behind => behind.Explained)], rules: null, cancellation);
        lateGradients?.Replay.Dispose();
        lateGradients = (layer, replay);
        return replay;
    }

    /// <summary>
    /// The same decision on a run of the same model in double precision, made once and kept: for relevance rules that divide by sums near
    /// zero, where the rounding of a single-precision forward pass alone moves results by percents.
    /// </summary>
    internal Decision<double> InDouble(IModel model, CancellationToken cancellation = default)
    {
        if (this is Decision<double> already)
        {
            return already;
        }

        var input = Trace.Input.Data;
        return inDouble ??= new(
            model.ForwardInput(
                new Tape<double>(Trace.Tape.Workers, Trace.Tape.Pool.Wide, isRecording: true, cancellation)
                {
                    KeepsStreamsOnly = Trace.Tape.KeepsStreamsOnly,
                },
                Activation<double>.Of(Array.ConvertAll(input.ToArray(), double.CreateTruncating), input.Batch, input.Length, input.Width),
                Positions),
            Targets,
            Token,
            Contrasts);
    }

    /// <summary>
    /// The same decision about one item, on a run of variants of it; a language model's run must have scored <see cref="Positions"/>.
    /// </summary>
    internal Decision<T> On(Trace<T> variants, int item)
    {
        var count = variants.Logits.Data.Batch;
        return new(variants, Repeat(Targets[item]), Token, Contrasts is null ? null : Repeat(Contrasts[item]));

        int[] Repeat(int target) => [.. Enumerable.Repeat(target, count)];
    }

    /// <summary>What a run must score for this decision.</summary>
    internal ScorePositions? Positions => Trace.IsClassifier ? null : ScorePositions.At(Token);

    /// <summary>Refuses a contrast, for methods whose rules know a single class only.</summary>
    /// <exception cref="BadInputException">There is a contrast.</exception>
    internal void RefuseContrast(string method)
    {
        if (Contrasts is not null)
        {
            throw new BadInputException(
                $"{method} propagates the relevance of one class and has no rule for the difference of two; leave the contrast out, or use "
                    + "generic-attention, cp-lrp, attn-lrp or input-x-gradient");
        }
    }

    /// <summary>A replay from the explained scores, by gradient or by relevance rules. The caller disposes of it.</summary>
    public Replay<T> Backward(IReadOnlyCollection<Value<T>> wanted, RuleSet<T>? rules, CancellationToken cancellation = default)
    {
        var logits = Trace.Logits.Data;
        var seed = Activation<T>.Zeros(logits.Batch, logits.Length, logits.Width);
        for (var item = 0; item < logits.Batch; item++)
        {
            var row = seed.Row(item, rows[item]);
            row[Targets[item]] = T.One;
            if (Contrasts is not null)
            {
                row[Contrasts[item]] = -T.One;
            }
        }

        return Trace.Tape.Backward(Trace.Logits, seed, wanted, rules, cancellation: cancellation);
    }

    /// <summary>
    /// A replay from the state in front of the head, behind its norm, seeded with that state f itself, so from S = ½ Σ f²: what fills the
    /// state from which the scores are read, whatever they are. The caller disposes of it.
    /// </summary>
    internal Replay<T> BackwardFromState(
        IReadOnlyCollection<Value<T>> wanted, RuleSet<T>? rules, CancellationToken cancellation = default)
    {
        var state = ReadState.Of(Trace);
        var seed = Activation<T>.Zeros(state.Data.Batch, state.Data.Length, state.Data.Width);
        for (var item = 0; item < seed.Batch; item++)
        {
            state.Data.Row(item, rows[item]).CopyTo(seed.Row(item, rows[item]));
        }

        return Trace.Tape.Backward(state, seed, wanted, rules, cancellation: cancellation);
    }

    /// <summary>
    /// A row vector over the last layer's tokens that picks the explained one: (Batch, L, 1), a unit vector or 1/L everywhere.
    /// </summary>
    internal Activation<T> ReadVector() => ReadVector(Trace.Layers.Count - 1);

    /// <summary>
    /// The same over the tokens of any layer: where tokens were joined behind it, those that the explained token stands for.
    /// </summary>
    internal Activation<T> ReadVector(int layer)
    {
        var recorded = Trace.Layers;
        if (Token < 0)
        {
            var mean = Activation<T>.Zeros(Batch, recorded[layer].Layout.Length, 1);
            mean.Extent.Fill(T.One / T.CreateTruncating(mean.Length));
            return mean;
        }

        var v = Activation<T>.Zeros(Batch, recorded[^1].Layout.Length, 1);
        for (var item = 0; item < Batch; item++)
        {
            v.Row(item, Token)[0] = T.One;
        }

        for (var behind = recorded.Count - 1; behind > layer; behind--)
        {
            v = recorded[behind].Merge?.Product(v) ?? v;
        }

        return v;
    }

    /// <summary>The map of one item from a value per token: the class token is no patch and is left out.</summary>
    internal RelevanceMap<T> Map(ReadOnlySpan<T> perToken, IReadOnlyDictionary<string, double>? diagnostics = null)
    {
        var (layout, values) = (Trace.Layout, new List<T>(perToken.Length));
        foreach (var t in layout.Shown)
        {
            values.Add(perToken[t]);
        }

        return RelevanceMap<T>.Of([.. values], layout.Grid?.Rows ?? 1, layout.Grid?.Columns ?? values.Count, diagnostics);
    }

    /// <summary>
    /// A map per item from a value per token of each item, (Batch, L, 1): a class token is left out, values that are not finite are
    /// reported.
    /// </summary>
    /// <param name="perToken">Values.</param>
    /// <param name="diagnostics">Figures that the method reports about itself.</param>
    public IReadOnlyList<RelevanceMap<T>> Maps(Activation<T> perToken, IReadOnlyDictionary<string, double>? diagnostics = null)
        => [.. Enumerable.Range(0, Batch).Select(item => Map(perToken.Item(item).ToArray(), diagnostics))];

    /// <summary>
    /// The same from a value per token of a layer whose tokens are others than the first, such as those of a later stage.
    /// </summary>
    internal IReadOnlyList<RelevanceMap<T>> Maps(Activation<T> perToken, TokenLayout layout)
        => [.. Enumerable.Range(0, Batch).Select(item =>
        {
            var values = perToken.Item(item).ToArray();
            T[] shown = [.. layout.Shown.Select(t => values[t])];
            return RelevanceMap<T>.Of(shown, layout.Grid?.Rows ?? 1, layout.Grid?.Columns ?? shown.Length);
        })];

    /// <summary>Gives the gradients' memory back; the trace stays.</summary>
    public void Dispose()
    {
        gradients?.Dispose();
        tokenGradient?.Dispose();
        layerGradients?.Dispose();
        lateGradients?.Replay.Dispose();
        inDouble?.Dispose();
        inDouble?.Trace.Dispose();
    }
}
