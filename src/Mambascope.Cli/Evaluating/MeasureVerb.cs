using System.CommandLine;
using Mambascope.Evaluation.Measures;

namespace Mambascope.Cli.Evaluating;

/// <summary>A measure of explanations over a data set: what all of them share on the command line, whatever the input.</summary>
internal abstract class MeasureVerb : Verb
{
    private readonly EvaluationInput input;
    private readonly Option<string?>? maps;
    private readonly ResultOptions results;

    /// <param name="name">The measure's name; below evaluate text without its prefix.</param>
    /// <param name="description">One line.</param>
    /// <param name="input">Models, methods and data.</param>
    /// <param name="scoresMaps">Whether maps from elsewhere can be scored: not where the measure explains again.</param>
    protected MeasureVerb(string name, string description, EvaluationInput input, bool scoresMaps = false) : base(name, description)
    {
        this.input = input;
        input.AddTo(this);
        results = new(this, input);
        if (scoresMaps)
        {
            Add(maps = MapsEvaluation.Option());
        }
    }

    /// <summary>The measure that the command line asks for.</summary>
    internal abstract IMeasure Measure(Session session);

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.IsDouble)
        {
            throw new UsageException(
                "evaluate runs in single precision (relevance rules that need double use it by themselves); leave --precision out");
        }

        var measure = Measure(session);
        if (maps is not null && session.Arguments.GetValue(maps) is { } file)
        {
            MapsEvaluation.Execute(session, measure, file, (PictureInput)input);
            return;
        }

        using var opened = input.Open(session, measure, results.LeftOut(session));
        results.Execute(session, opened);
    }
}
