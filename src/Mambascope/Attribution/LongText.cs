using System.Numerics;
using Mambascope.Attention;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Attribution;

/// <summary>
/// Explanations of texts that are too long to record whole: 100,000 tokens and more, on any Mamba. The text is read once, in pieces, and
/// the model's state before each piece is kept, which is small and does not grow with the text. Then the pieces are taken from the last to
/// the first: each is recorded again from its state, its share of the map is computed through all layers, and what later pieces owe to
/// earlier ones is handed on as the adjoint of the state. Results are those of the ordinary methods up to rounding; memory is that of one
/// piece and the states.
/// </summary>
public static class LongText
{
    /// <summary>Tokens of a piece, where nothing else is asked for.</summary>
    public const int StandardPiece = 512;

    /// <summary>The methods that can be computed so: those that are linear in the layers' matrices or gradients.</summary>
    public static IReadOnlyList<string> Methods { get; } =
    [.. AttributionMethods.All.Where(method => method.IsPiecewise).Select(method => method.Name)];

    /// <summary>Relevance of every token for what comes after the last one.</summary>
    /// <param name="model">A model with scans only.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="tokens">The text; to explain another position, cut it there.</param>
    /// <param name="method">One of <see cref="Methods"/>.</param>
    /// <param name="options">How; mode, start layer and residual weight count.</param>
    /// <param name="target">Token id whose score is explained; null for the most likely one.</param>
    /// <param name="contrast">Token id whose score is taken off; null for none.</param>
    /// <param name="piece">Tokens of a piece.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Stops the explanation.</param>
    /// <param name="pool">Memory that is used again; null for memory of its own.</param>
    /// <exception cref="BadInputException">
    /// Another method or model, an option that needs whole matrices, or an id that does not exist.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static RelevanceMap<T> Explain<T>(
        ILanguageModel model,
        Workers workers,
        IReadOnlyList<int> tokens,
        string method,
        AttributionOptions? options = null,
        int? target = null,
        int? contrast = null,
        int piece = StandardPiece,
        IProgress<double>? progress = null,
        BufferPool<T>? pool = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options ??= new();
        Refuse(model, method, options, piece);
        TokenBatch.Of(tokens).Check(model.VocabularySize);
        pool ??= new();
        int[][] pieces = [.. tokens.Chunk(piece)];
        var (states, scores) = Read(model, workers, pool, pieces, share => progress?.Report(share / 3), cancellation);
        var adjoint = model.NewState<T>();
        var how = AttributionMethods.Find(method, model.Shape);
        var map = how.InPieces(how.Read(options), Seed(scores, target, contrast));
        var values = new T[tokens.Count];
        for (var k = pieces.Length - 1; k >= 0; k--)
        {
            using var trace = model.Continue(
                new Tape<T>(workers, pool, isRecording: true, cancellation), states.Pop().Branch(adjoint), pieces[k]);
            map.Next(trace, isLast: k == pieces.Length - 1, cancellation).Extent.CopyTo(values.AsSpan(k * piece));
            progress?.Report(1 - (k * 2 / 3.0 / pieces.Length));
        }

        map.Finish(values);
        return RelevanceMap<T>.Of(values, rows: 1, values.Length);
    }

    /// <summary>
    /// Hidden attention between blocks of a text of any length, in one layer: a matrix for each of its mixers, in order. Memory grows with
    /// the text, not with its square; time does so too for scans (<see cref="TileAverages{T}"/>), with the square for softmax attention.
    /// </summary>
    /// <param name="model">A model whose mixers are scans and softmax attention.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="tokens">The text.</param>
    /// <param name="layer">Layer, from 0.</param>
    /// <param name="starts">First token of each block, in order; the first is 0.</param>
    /// <param name="view">Of a scan, it alone or the whole mixer.</param>
    /// <param name="piece">Tokens of a piece.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="pool">Memory that is used again; null for memory of its own.</param>
    /// <exception cref="BadInputException">Another kind of mixer, or a layer or block that does not exist.</exception>
    public static IReadOnlyList<AttentionMatrix<T>> Tiles<T>(
        ILanguageModel model,
        Workers workers,
        IReadOnlyList<int> tokens,
        int layer,
        IReadOnlyList<int> starts,
        AttentionView view,
        int piece = StandardPiece,
        BufferPool<T>? pool = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(piece, 1);
        if (layer < 0 || layer >= model.Depth)
        {
            throw new BadInputException($"layer {layer} does not exist; the model has layers 0 to {model.Depth - 1}");
        }

        TokenBatch.Of(tokens).Check(model.VocabularySize);
        pool ??= new();
        ITiles<T>[] mixers = [.. model.Shape.Layers[layer].Mixers.Select(mixer => Of<T>(mixer, starts, tokens.Count, view))];
        int[][] pieces = [.. tokens.Chunk(piece)];
        var (states, _) = Read(model, workers, pool, pieces, _ => { }, cancellation);
        for (var k = pieces.Length - 1; k >= 0; k--)
        {
            using var trace = model.Continue(new Tape<T>(workers, pool, isRecording: true, cancellation), states.Pop(), pieces[k]);
            for (var i = 0; i < mixers.Length; i++)
            {
                mixers[i].Add(workers, pool, trace.Layers[layer].Mixers[i], k * piece);
            }
        }

        return [.. mixers.Select(mixer => mixer.Averages())];
    }

    private static ITiles<T> Of<T>(MixerShape mixer, IReadOnlyList<int> starts, int length, AttentionView view)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => mixer.Kind == MixerKind.Scan ? new TileAverages<T>(starts, length, view)
            : mixer.Kind == MixerKind.Softmax ? new SoftmaxTiles<T>(starts, length)
            : throw new BadInputException($"blocks of a text are known of scans and of attention; this layer has {mixer.Kind.Noun}");

    private static void Refuse(ILanguageModel model, string method, AttributionOptions options, int piece)
    {
        if (!Methods.Contains(method, StringComparer.Ordinal))
        {
            throw new BadInputException(
                $"method {method} needs matrices or memory that grow with the square of a text; long texts can be explained by "
                    + $"{string.Join(", ", Methods)}");
        }

        if (!model.Shape.IsOnly(MixerKind.Scan))
        {
            throw new BadInputException(
                $"long texts can be explained piece by piece for models with scans only; this one has {model.Shape.Words} and needs the "
                    + "whole text at once");
        }

        if (options.Mode == AttributionMode.Official || !options.IsLinear)
        {
            throw new BadInputException(
                "long texts can be explained in mode exact or paper, with the mean over channels, signs kept and rows not scaled: anything "
                    + "else needs whole matrices");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(piece, 1);
    }

    // The state before each piece, the last on top, and the scores at the end.
    private static (
        Stack<LanguageState<T>> States,
        T[] Scores) Read<T>(ILanguageModel model,
        Workers workers,
        BufferPool<T> pool,
        int[][] pieces,
        Action<double> progress,
        CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (states, state, scores) = (new Stack<LanguageState<T>>(), model.NewState<T>(), Array.Empty<T>());
        for (var k = 0; k < pieces.Length; k++)
        {
            states.Push(state.Branch());
            using var trace = model.Continue(new Tape<T>(workers, pool, isRecording: false, cancellation), state, pieces[k]);
            scores = trace.Logits.Data.Row(0).ToArray();
            progress((k + 1.0) / pieces.Length);
        }

        return (states, scores);
    }

    private static T[] Seed<T>(T[] scores, int? target, int? contrast)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var seed = new T[scores.Length];
        seed[Known(target ?? ArgMax.Of(scores))] += T.One;
        if (contrast is { } other)
        {
            seed[Known(other)] -= T.One;
        }

        return seed;

        int Known(int id)
            => id >= 0 && id < scores.Length
                ? id
                : throw new BadInputException($"token id {id} does not exist; the model has ids 0 to {scores.Length - 1}");
    }
}
