using System.Numerics;
using Mambascope.Attention;
using Mambascope.Attribution;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Application;

/// <summary>
/// Why a model answered as it did: runs it and explains the answer by one or more methods.
/// <code>
/// var text = new TextInput("To be, or not to b", Ids: null, File: null).Read(model);
/// var why = Explaining.Explain&lt;float&gt;(model, text, new() { Target = "e", Against = "u" });
/// </code>
/// </summary>
public static class Explaining
{
    /// <summary>Longer texts are explained piece by piece, by the methods that can.</summary>
    public const int LongestRecorded = 4096;

    /// <summary>Tokens of the longest text of which every position is explained: what comes of it grows with their square.</summary>
    public const int LongestOfEveryPosition = 128;

    /// <summary>Whether a text of some tokens is explained piece by piece.</summary>
    public static bool IsPiecewise(LoadedModel model, int tokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Reads == ModelInput.Text && tokens > LongestRecorded && model.Model.Shape.IsOnly(MixerKind.Scan);
    }

    /// <summary>Explains one answer.</summary>
    /// <typeparam name="T">float, or double for exactness (slow).</typeparam>
    /// <param name="model">Who is asked.</param>
    /// <param name="subject">About what.</param>
    /// <param name="request">What is to be explained, and how.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <exception cref="BadInputException">
    /// Something that was asked for does not exist, or does not go with this model or input.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static Explanation<T> Explain<T>(
        LoadedModel model, Subject subject, ExplanationRequest request, IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(request);
        var (target, against) = request.Resolve(model);
        if (subject is not TextSubject text)
        {
            return Recorded<T>(model, subject, request, target, against, progress, cancellation);
        }

        CheckPosition(text, request.Token);
        return model is TextModel language && IsPiecewise(model, text.Length)
            ? PieceByPiece<T>(language, text, request, target, against, progress, cancellation)
            : Recorded<T>(model, text, request, target, against, progress, cancellation);
    }

    /// <summary>Explains what comes after each token of a text, all from one recorded run: the most likely next token each time.</summary>
    /// <exception cref="BadInputException">The text is too long, or something that was asked for does not go with this model.</exception>
    public static IReadOnlyList<Explanation<T>> EveryPosition<T>(
        TextModel model, TextSubject text, ExplanationRequest request, IProgress<Step>? progress = null,
        CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(request);
        _ = request.Resolve(model);
        if (text.Length > LongestOfEveryPosition)
        {
            throw new BadInputException(
                $"the text has {text.Length} tokens; every position is explained of at most {LongestOfEveryPosition}: choose one with "
                    + "--position");
        }

        var methods = request.Chosen(model);
        using var trace = model.Model.Forward(
            model.NewTape<T>(isRecording: true, cancellation), TokenBatch.Of(text.Read.Ids), ScorePositions.All);
        var found = new List<Explanation<T>>();
        for (var position = 0; position < text.Length; position++)
        {
            progress?.Report(Step.Of("explaining every position", position, text.Length));
            var scores = trace.ScoresAt(0, position).ToArray();
            using var decision = new Decision<T>(trace, token: position);
            found.Add(
                new()
                {
                    Model = model,
                    Subject = text,
                    Token = position,
                    TokenName = NameOf(position),
                    Scores = scores,
                    Target = model.Top<T>(scores, 1)[0],
                    Maps =
                    [
                        .. methods.Select(each => new MethodMap<T>(
                            each.Method,
                            each.Options,
                            each.Method.Explain(decision, model.Model, each.Options, cancellation: cancellation)[0])),
                    ],
                    Because = request.Methods is null ? StandardMethods.Because(model) : null,
                });
        }

        return found;
    }

    private static Explanation<T> Recorded<T>(
        LoadedModel model, Subject subject, ExplanationRequest request, int? target, int? against,
        IProgress<Step>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        progress?.Report(new("running the model"));
        if (subject is not TextSubject text)
        {
            using var whole = subject.Run<T>(model, request.Token, cancellation);
            return Of(whole, subject, request, target, against, progress, cancellation);
        }

        var seen = new SeenWhileRunning<T>(model, text, request, cancellation);
        using var run = subject.Run<T>(model, request.Token, seen.See, cancellation);
        return Of(run, subject, request, target, against, progress, cancellation, seen);
    }

    /// <summary>Explains the answer of a run that is there already.</summary>
    public static Explanation<T> Of<T>(
        Run<T> run, Subject subject, ExplanationRequest request, IProgress<Step>? progress = null, CancellationToken cancellation = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(request);
        var (target, against) = request.Resolve(run.Model);
        return Of(run, subject, request, target, against, progress, cancellation);
    }

    private static Explanation<T> Of<T>(
        Run<T> run, Subject subject, ExplanationRequest request, int? target, int? against, IProgress<Step>? progress,
        CancellationToken cancellation, SeenWhileRunning<T>? seen = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var model = run.Model;
        using var decision = run.Decision(target, against, request.Token);
        var chosen = request.Chosen(model);
        IReadOnlyList<MethodMap<T>> maps = [.. chosen.Select(each => new MethodMap<T>(
            each.Method, each.Options, seen?.Map(decision, each) ?? Map(decision, model.Model, each, progress, cancellation)))];
        maps = Compared(maps, model, subject, decision.Token, request.Shuffles, progress, network =>
        {
            using var trace = subject.Forward(network, subject.NewTape<T>(model, cancellation), request.Token);
            using var same = new Decision<T>(trace, decision.Targets, decision.Token, decision.Contrasts);
            return [.. chosen.Select(each => Map(same, network, each, progress: null, cancellation))];
        });
        progress?.Report(new("checking"));
        return new()
        {
            Model = model,
            Subject = subject,
            Token = decision.Token,
            TokenName = NameOf(decision.Token, model.Model.Facts.ClassToken),
            Scores = run.Scores.ToArray(),
            Target = run.Score(decision.Targets[0]),
            Against = against is { } other ? run.Score(other) : null,
            Maps = maps,
            Because = request.Methods is null ? StandardMethods.Because(model) : null,
            Check = !request.IsChecked ? null : seen is null ? SelfCheck.Of(run.Trace, cancellation: cancellation) : seen.Check,
            Shares = MixedKinds.IsHybrid(model.Model.Shape) ? DecisionShares.Of(decision, cancellation: cancellation) : null,
            Experts = seen?.Experts ?? ChosenExperts.Of(run.Trace),
        };
    }

    // Nothing is recorded as a whole: memory does not grow with the text.
    private static Explanation<T> PieceByPiece<T>(
        TextModel model, TextSubject text, ExplanationRequest request, int? target, int? against,
        IProgress<Step>? progress, CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var methods = request.Chosen(model, isLong: true);
        if (methods.FirstOrDefault(each => !LongText.Methods.Contains(each.Method.Name)) is { Method: { } other })
        {
            throw new BadInputException(
                $"{other.Name} needs memory or matrices that grow with the square of a text, and this one has {text.Length} tokens; texts "
                    + $"of more than {LongestRecorded} are explained by {string.Join(", ", LongText.Methods)}");
        }

        progress?.Report(new("running the model"));
        var position = request.Token ?? (text.Length - 1);
        var ids = text.Read.Ids[..(position + 1)];
        var generation = model.Begin<T>();
        generation.Read(ids, cancellation);
        var scores = generation.Scores.ToArray();
        var explained = target is { } id ? model.Score<T>(scores, id) : model.Top<T>(scores, 1)[0];
        IReadOnlyList<MethodMap<T>> maps = [.. methods.Select(each => new MethodMap<T>(
            each.Method, each.Options, InPieces(model.Model, each, ShareOf(each.Method, each.Options, progress))))];
        maps = Compared(maps, model, text, position, request.Shuffles, progress, network =>
            [.. methods.Select(each => InPieces((ILanguageModel)network, each, share: null))]);
        return new()
        {
            Model = model,
            Subject = text,
            Token = position,
            TokenName = NameOf(position),
            Scores = scores,
            Target = explained,
            Against = against is { } rival ? model.Score<T>(scores, rival) : null,
            Maps = maps,
            Because = request.Methods is null ? StandardMethods.Because(model, isLong: true) : null,
        };

        RelevanceMap<T> InPieces(
            ILanguageModel network, (AttributionMethod Method, AttributionOptions Options) how, IProgress<double>? share)
            => Padded(
                LongText.Explain(
                    network, model.Workers, ids, how.Method.Name, how.Options, explained.Index, against, LongText.StandardPiece, share,
                    model.Pool<T>(), cancellation),
                text.Length);
    }

    private static RelevanceMap<T> Map<T>(
        Decision<T> decision, IModel network, (AttributionMethod Method, AttributionOptions Options) how, IProgress<Step>? progress,
        CancellationToken cancellation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => how.Method.Explain(
            decision, network, how.Options, progress is null ? null : ShareOf(how.Method, how.Options, progress), cancellation)[0];

    // What every map shares with what the same method makes of models that have forgotten, where that was asked for.
    private static IReadOnlyList<MethodMap<T>> Compared<T>(
        IReadOnlyList<MethodMap<T>> maps, LoadedModel model, Subject subject, int token, int shuffles, IProgress<Step>? progress,
        Func<IModel, IReadOnlyList<RelevanceMap<T>>> again)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (shuffles == 0)
        {
            return maps;
        }

        var found = WeightDependence.Measure(
            model.Model, [.. maps.Select(map => Seen(map.Map))], shuffles, network => [.. again(network).Select(Seen)], progress);
        return [.. maps.Zip(found, (map, dependence) => map with { Dependence = dependence })];

        // Tokens after the explained one are 0 in every map and would be agreed upon.
        RelevanceMap<T> Seen(RelevanceMap<T> map)
            => subject is TextSubject ? map with { Values = map.Values[..(token + 1)], Columns = token + 1 } : map;
    }

    private static DirectProgress ShareOf(AttributionMethod method, AttributionOptions options, IProgress<Step>? progress)
    {
        var what = $"explaining: {method.NameOf(options)}";
        progress?.Report(new(what));
        return new(share => progress?.Report(new(what, share)));
    }

    // What comes after the explained position has no part in it.
    private static RelevanceMap<T> Padded<T>(RelevanceMap<T> map, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => map with { Values = [.. map.Values, .. new T[length - map.Values.Length]], Columns = length };

    private static void CheckPosition(TextSubject text, int? position)
    {
        if (position >= text.Length)
        {
            throw new BadInputException($"position {position} does not exist; the text has tokens 0 to {text.Length - 1}");
        }
    }

    private static string NameOf(int token, int? classToken = null)
        => token < 0 ? "mean of all tokens" : token == classToken ? $"class token ({token})" : $"token {token}";
}
