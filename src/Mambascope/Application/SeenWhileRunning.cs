using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>
/// What can be said of a text's layers while the model runs, so that none has to be computed again for it: maps that need no way back, the
/// check of hidden attention, and the experts that tokens were sent to.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class SeenWhileRunning<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<((AttributionMethod Method, AttributionOptions Options) How, RunningMap<T> Map)> maps = [];
    private readonly List<ChosenExperts> experts = [];
    private readonly RunningCheck<T> check;
    private readonly CancellationToken cancellation;

    /// <summary>Looks for what a request asks of a text.</summary>
    public SeenWhileRunning(LoadedModel model, TextSubject text, ExplanationRequest request, CancellationToken cancellation)
    {
        this.cancellation = cancellation;
        var token = request.Token ?? (text.Length - 1);
        check = new([.. new[] { 0, token, text.Length - 1 }.Distinct().Order()]);
        foreach (var how in request.Chosen(model))
        {
            if (how.Method.WhileRunning<T>(model.Model.Shape, how.Method.Read(how.Options), token, text.Length) is { } map)
            {
                maps.Add((how, map));
            }
        }
    }

    /// <summary>Sees the next layer.</summary>
    public void See(int number, LayerTrace<T> layer, Tape<T> tape)
    {
        foreach (var (_, map) in maps)
        {
            cancellation.ThrowIfCancellationRequested();
            map.See(number, layer, tape);
        }

        check.See(layer, tape, cancellation);
        experts.AddRange(ChosenExperts.Of(number, layer));
    }

    /// <summary>The map of a method that needs no way back; null for another.</summary>
    public RelevanceMap<T>? Map(Decision<T> decision, (AttributionMethod Method, AttributionOptions Options) how)
        => maps.Find(map => map.How == how).Map is { } found ? decision.Maps(found.Finish())[0] : null;

    /// <summary>Whether hidden attention gives the run back; null for a model without scans.</summary>
    public SelfCheck? Check => check.Finish();

    /// <summary>Experts of every layer that has some.</summary>
    public IReadOnlyList<ChosenExperts> Experts => experts;
}
