using System.Numerics;
using Mambascope.Attention;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>What one token takes from every token in one layer, through one scan or one mixer.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Layer">Layer, from 0 at the input.</param>
/// <param name="Part">"forward" or "backward" where scans run both ways, otherwise the kind of mixer: "scan", "attention".</param>
/// <param name="Values">A value a token, the mean over channels or heads.</param>
public sealed record LayerRow<T>(int Layer, string Part, T[] Values)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>
/// One token's view through the whole model: its row of attention in every layer and direction, by products that never form a matrix.
/// </summary>
public static class LayerStrip
{
    /// <summary>Runs the model and takes the rows.</summary>
    /// <param name="model">Who is asked.</param>
    /// <param name="subject">About what.</param>
    /// <param name="token">The token whose rows are taken; null for the one where the answer is read, -1 for the mean of all.</param>
    /// <param name="view">The scan alone, or the whole mixer.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="BadInputException">There is no such token.</exception>
    public static IReadOnlyList<LayerRow<T>> Of<T>(
        LoadedModel model,
        Subject subject,
        int? token = null,
        AttentionView view = AttentionView.S6,
        IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(subject);
        progress?.Report(new("running the model"));
        if (subject is TextSubject text)
        {
            // The rows of a layer are taken as soon as it is computed, and no layer is kept.
            var rows = new List<LayerRow<T>>();
            using var read = subject.Run<T>(
                model, token: null, (number, layer, _) => rows.AddRange(Read(number, layer, token ?? (text.Length - 1))), cancellation);
            return rows;
        }

        using var run = subject.Run<T>(model, token: null, cancellation);
        return Of(run, token, view, progress, cancellation);

        IEnumerable<LayerRow<T>> Read(int number, LayerTrace<T> layer, int reading)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(Step.Of("reading layers", number, model.Model.Depth));
            return OfLayer(model, number, layer, view, reading);
        }
    }

    /// <summary>Takes the rows of a run that is there already.</summary>
    /// <param name="run">The recorded run.</param>
    /// <param name="token">The token whose rows are taken; null for the one where the answer is read, -1 for the mean of all.</param>
    /// <param name="view">The scan alone, or the whole mixer.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="BadInputException">There is no such token.</exception>
    public static IReadOnlyList<LayerRow<T>> Of<T>(
        Run<T> run, int? token = null, AttentionView view = AttentionView.S6, IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(run);
        var (rows, layers) = (new List<LayerRow<T>>(), run.Trace.Layers);
        for (var layer = 0; layer < layers.Count; layer++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(Step.Of("reading layers", layer, layers.Count));
            rows.AddRange(OfLayer(run.Model, layer, layers[layer], view, token ?? run.Token));
        }

        return rows;
    }

    private static IEnumerable<LayerRow<T>> OfLayer<T>(LoadedModel model, int number, LayerTrace<T> layer, AttentionView view, int reading)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var v = Reading<T>(layer.Layout.Length, reading);
        return
        [
            .. layer.Mixers.SelectMany(mixer => Parts(model.Workers, model.Pool<T>(), mixer, view, v)
                .Select(part => new LayerRow<T>(number, part.Name, part.Row.ToArray()))),
        ];
    }

    private static IEnumerable<(string Name, Activation<T> Row)> Parts<T>(
        Workers workers, BufferPool<T> pool, MixerTrace<T> mixer, AttentionView view, Activation<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => mixer is ScanMixerTrace<T> { Scans.Count: 2 } both
            ? new[] { ScanDirections.Forward, ScanDirections.Backward }.Select(direction =>
                (direction.ToString().ToLowerInvariant(), AttentionProduct.Mean(workers, pool, both, view, direction, v)))
            : [(mixer.Shape.Kind.Name, TokenMixing<T>.Of(mixer).Product(workers, pool, view, v))];

    private static Activation<T> Reading<T>(int length, int token)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var v = Activation<T>.Zeros(1, length, 1);
        if (token >= length)
        {
            throw new BadInputException($"token {token} does not exist; the sequence has tokens 0 to {length - 1}");
        }

        if (token < 0)
        {
            v.Extent.Fill(T.One / T.CreateTruncating(length));
        }
        else
        {
            v.Row(0, token)[0] = T.One;
        }

        return v;
    }
}
