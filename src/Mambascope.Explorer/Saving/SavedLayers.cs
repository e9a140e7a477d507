using Mambascope.Application;
using Mambascope.Attention;
using Mambascope.Checkpoints;
using Mambascope.Explorer.Answers;
using Mambascope.Models;

namespace Mambascope.Explorer.Saving;

/// <summary>
/// Attention of the layers of one run, as far as a page may hold it: the layer that is shown first, then those around it. Values are stored
/// in 16 bits; of two directions the page makes the sum itself.
/// </summary>
internal sealed class SavedLayers
{
    private const string Mean = "matrices of layers";
    private const string Units = "matrices of single heads and channels";
    private const int Ranked = 12; // as many as the page lists
    private const int OfRanking = 2048; // bytes of a list of channels

    private readonly Run<float> run;
    private readonly Subject subject;
    private readonly Holdings held;
    private readonly IProgress<Step>? progress;
    private readonly int scans;

    /// <summary>Of a run.</summary>
    /// <param name="run">The recorded run.</param>
    /// <param name="subject">What it was about.</param>
    /// <param name="shown">The layer that the page would show first.</param>
    /// <param name="held">Where it goes.</param>
    /// <param name="progress">Told what is being done.</param>
    internal SavedLayers(Run<float> run, Subject subject, int shown, Holdings held, IProgress<Step>? progress)
    {
        (this.run, this.subject, this.held, this.progress) = (run, subject, held, progress);
        (Shown, scans) = (ModelAnswers.Mixing(run.Model).MinBy(layer => Math.Abs(layer - shown)), ModelAnswers.Scans(run.Model));
    }

    /// <summary>The layer that the page shows first: the nearest that mixes tokens.</summary>
    internal int Shown { get; }

    private IEnumerable<int> Layers
        => ModelAnswers.Mixing(run.Model).OrderBy(layer => Math.Abs(layer - Shown)).ThenBy(layer => layer);

    private IEnumerable<AttentionView?> Views => scans > 0 ? [AttentionView.S6, AttentionView.Block] : [null];

    private IEnumerable<ScanDirections?> Directions => scans == 2 ? [ScanDirections.Forward, ScanDirections.Backward] : [null];

    /// <summary>The mean over channels or heads, of every layer.</summary>
    /// <param name="hasViews">Whether the page also shows the whole mixer beside the scan.</param>
    internal void HoldMeans(bool hasViews = true)
    {
        foreach (var view in hasViews ? Views : [scans > 0 ? AttentionView.S6 : null])
        {
            foreach (var (done, layer) in Layers.Index())
            {
                progress?.Report(new("keeping layers", (double)done / run.Model.Model.Depth));
                foreach (var direction in Directions)
                {
                    Offer(Mean, layer, view, direction, hasViews);
                }
            }
        }
    }

    /// <summary>The channels that attend most, of every layer; and heads, or these channels of the layer that is shown.</summary>
    internal void HoldUnits()
    {
        var facts = run.Model.Model.Facts;
        if (scans == 0)
        {
            foreach (var layer in Layers)
            {
                for (var head = 0; head < (facts.Heads ?? 0); head++)
                {
                    Offer(Units, layer, null, null, isViewNamed: false, head: head);
                }
            }
        }
        else if (facts.ClassToken is not null)
        {
            foreach (var layer in Layers)
            {
                HoldRankings(layer);
            }
        }
    }

    private void HoldRankings(int layer)
    {
        var strongest = new SortedSet<int>();
        foreach (var view in Views)
        {
            foreach (var direction in (IEnumerable<ScanDirections?>)(scans == 2 ? [ScanDirections.Both, .. Directions] : [null]))
            {
                held.Offer("lists of channels", Question(layer, view, direction, isViewNamed: true, channels: Ranked), OfRanking, () =>
                {
                    var request = Request(layer, view, direction) with
                    {
                        TopChannels = Math.Min(Ranked, run.Model.Model.Facts.Channels ?? Ranked),
                    };
                    var attention = Attending.Of(run, subject, request);
                    if (view == AttentionView.S6)
                    {
                        strongest.UnionWith(attention.Ranked!.Select(entry => entry.Channel));
                    }

                    return PageJson.Bytes(new { top_channels = AttentionJson.Of(attention)["top_channels"] });
                });
            }
        }

        foreach (var channel in layer == Shown ? strongest : [])
        {
            foreach (var direction in Directions)
            {
                Offer(Units, layer, AttentionView.S6, direction, isViewNamed: true, channel: channel);
            }
        }
    }

    private void Offer(
        string kind, int layer, AttentionView? view, ScanDirections? direction, bool isViewNamed, int? channel = null, int? head = null)
    {
        var length = run.Trace.Layers[layer].Layout.Length;
        held.Offer(kind, Question(layer, view, direction, isViewNamed, channel, head), 2L * length * length, () => MatrixReply.Of(
            Attending.Of(run, subject, Request(layer, view, direction) with { Channel = channel, Head = head }), TensorType.F16).File());
    }

    private static AttentionRequest Request(int layer, AttentionView? view, ScanDirections? direction)
        => new()
        {
            Layer = layer,
            View = view ?? AttentionView.S6,
            Directions = direction ?? ScanDirections.Both,
        };

    private static string Question(
        int layer, AttentionView? view, ScanDirections? direction, bool isViewNamed, int? channel = null, int? head = null,
        int? channels = null)
        => Holdings.Question(
            "attention",
            ("layer", layer),
            ("view", isViewNamed ? Word(view) : null),
            ("direction", Word(direction)),
            ("channel", channel),
            ("head", head),
            ("channels", channels));

    private static string? Word<T>(T? value)
        where T : struct, Enum
        => value?.ToString().ToLowerInvariant();
}
