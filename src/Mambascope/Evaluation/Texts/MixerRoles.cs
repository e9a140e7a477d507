using Mambascope.Attribution;
using Mambascope.Autodiff;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Reports;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Models;
using Mambascope.Numerics;
using Mambascope.Tracing;

namespace Mambascope.Evaluation.Texts;

/// <summary>
/// Which kind of mixer carries a model's answers, over many questions whose answers are known: what becomes of them when no token hears
/// another through that kind any more (<see cref="Knockout"/>; convolutions, MLPs and the residual stream stay), and how much of the
/// relevance of the answer's score goes through it (<see cref="DecisionShares"/>).
/// </summary>
public static class MixerRoles
{
    /// <summary>Asks all questions of one model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Questions with answers.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="asked">Called after each question.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>First the whole model, then each kind that is cut.</returns>
    /// <exception cref="BadInputException">A question has no answer, or does not fit the model.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IReadOnlyList<MixerRole> Of(
        QuestionModel model, ITextDataset data, Workers workers, Action? asked = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        var kinds = model.Network.Shape.Kinds;
        (MixerKind Kind, bool CutsTaps)[] cuts =
        [
            .. kinds.SelectMany(kind => kind == MixerKind.Scan ? [(kind, false), (kind, true)] : new[] { (kind, false) }),
        ];
        var roles = cuts.Select(_ => new List<Answer>()).Prepend([]).ToArray();
        var pool = new BufferPool<float>();
        for (var index = 0; index < data.Count; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            var question = data.Read(index, model.Reader);
            var answer = question.Answer
                ?? throw new BadInputException($"question {question.Id} of {data.Name} has no answer; expected one for every question");
            roles[0].Add(Whole(model.Network, question, answer, kinds, workers, pool, cancellation, out var shares));
            for (var c = 0; c < cuts.Length; c++)
            {
                roles[c + 1].Add(Cut(model.Network, question, answer, cuts[c], workers, pool, cancellation) with
                {
                    Share = shares[cuts[c].Kind],
                });
            }

            asked?.Invoke();
        }

        return
        [
            .. roles.Select((answers, role) => new MixerRole(
                role == 0 ? null : cuts[role - 1].Kind,
                role > 0 && cuts[role - 1].CutsTaps,
                Bootstrap.Of([.. answers.Select(each => each.IsRight ? 1.0 : 0)]),
                Bootstrap.Of([.. answers.Zip(roles[0], (cut, whole) => (cut.IsRight ? 1.0 : 0) - (whole.IsRight ? 1 : 0))]),
                Bootstrap.Of([.. answers.Select(each => each.Probability)]),
                Bootstrap.Of([.. answers.Select(each => each.Share)]))),
        ];
    }

    /// <summary>A table of the roles of one model after the other.</summary>
    public static ResultTable Table(IEnumerable<(string Model, IReadOnlyList<MixerRole> Roles)> models)
    {
        ArgumentNullException.ThrowIfNull(models);
        var table = new ResultTable(
            "What each kind of mixer carries",
            new ResultColumn("model", ResultKind.Text),
            new("cut", ResultKind.Text),
            new("questions", ResultKind.Count),
            new("accuracy", ResultKind.Interval) { Unit = "%", Decimals = 1 },
            new("change", ResultKind.Interval) { Heading = "change of accuracy", Unit = "points", Decimals = 1 },
            new("probability", ResultKind.Interval) { Heading = "probability of the answer", Decimals = 3 },
            new("share", ResultKind.Interval) { Heading = "share of relevance", Unit = "%", Decimals = 1 })
        {
            Note = "Cut: no token hears an earlier one through mixers of this kind, in all layers at once; MLPs and the residual stream "
                + "stay, and the convolutions in front of scans where they are not named. Share of relevance: what this kind added to "
                + "the residual stream times its relevance adjoint "
                + "(mamba-lrp's rules), summed over layers, as a share of the same over all parts by absolute value; it can be negative. "
                + "Means over questions with 95 % intervals (bootstrap over questions); changes are paired.",
        };
        foreach (var (model, roles) in models)
        {
            foreach (var role in roles)
            {
                var isWhole = role.Cut is null;
                table.Add(
                    ResultCell.Text(model),
                    ResultCell.Text((role.Cut?.Name ?? "nothing") + (role.CutsTaps ? " and its convolution" : "")),
                    ResultCell.Count(role.Accuracy.Count),
                    ResultCell.Interval(role.Accuracy, 100),
                    isWhole ? ResultCell.Missing : ResultCell.Interval(role.Change, 100),
                    ResultCell.Interval(role.Probability),
                    isWhole || role.CutsTaps ? ResultCell.Missing : ResultCell.Interval(role.Share, 100));
            }
        }

        return table;
    }

    private static Answer Whole(
        ILanguageModel model, TextQuestion question, int answer, IReadOnlyList<MixerKind> kinds, Workers workers, BufferPool<float> pool,
        CancellationToken cancellation, out Dictionary<MixerKind, double> shares)
    {
        var tape = new Tape<float>(workers, pool, isRecording: true, cancellation);
        using var trace = model.Forward(tape, TokenBatch.Of(question.Tokens), ScorePositions.At(question.Asked));
        using var decision = new Decision<float>(trace, [answer], question.Asked);
        KeyValuePair<string, double>[] parts =
            [.. DecisionShares.Of(decision, cancellation: cancellation).SelectMany(layer => layer.Parts)];
        var all = parts.GroupBy(part => part.Key, StringComparer.Ordinal).Sum(kind => Math.Abs(kind.Sum(part => part.Value)));
        shares = kinds.ToDictionary(
            kind => kind, kind => all == 0 ? 0 : parts.Where(part => part.Key == kind.Name).Sum(part => part.Value) / all);
        return Judge(trace, question, answer);
    }

    private static Answer Cut(
        ILanguageModel model, TextQuestion question, int answer, (MixerKind Kind, bool CutsTaps) what, Workers workers,
        BufferPool<float> pool, CancellationToken cancellation)
    {
        var tape = new Tape<float>(workers, pool, isRecording: false, cancellation);
        var cut = new Knockout
        {
            Sources = [.. Enumerable.Range(0, question.Tokens.Length)],
            Kind = what.Kind,
            CutsTaps = what.CutsTaps,
        };
        using var trace = model.Forward(tape, TokenBatch.Of(question.Tokens), ScorePositions.At(question.Asked), [cut]);
        return Judge(trace, question, answer);
    }

    private static Answer Judge(Trace<float> trace, TextQuestion question, int answer)
    {
        var scores = trace.ScoresAt(0, question.Asked);
        var best = question.Choices is { } choices ? BestOf(choices, scores) : ArgMax.Of(scores);
        return new(best == answer, Logits.Probability(scores, answer), 0);
    }

    private static int BestOf(IReadOnlyList<int> choices, ReadOnlySpan<float> scores)
    {
        var best = choices[0];
        foreach (var choice in choices)
        {
            best = scores[choice] > scores[best] ? choice : best;
        }

        return best;
    }

    private sealed record Answer(bool IsRight, double Probability, double Share);
}

/// <summary>What a model answers with one kind of mixer cut, over many questions.</summary>
/// <param name="Cut">The kind; null for the whole model.</param>
/// <param name="CutsTaps">Whether the convolutions in front of its scans are cut too.</param>
/// <param name="Accuracy">Share of right answers, 0 to 1.</param>
/// <param name="Change">Change of the accuracy against the whole model, question by question; 0 for the whole.</param>
/// <param name="Probability">Probability of the right answer.</param>
/// <param name="Share">Share of the relevance of the answer's score that goes through the kind in the whole model, -1 to 1.</param>
public sealed record MixerRole(
    MixerKind? Cut, bool CutsTaps, Bootstrap Accuracy, Bootstrap Change, Bootstrap Probability, Bootstrap Share);
