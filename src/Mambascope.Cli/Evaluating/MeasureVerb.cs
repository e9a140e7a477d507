using System.CommandLine;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Results;

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
        results.Execute(session, opened, Slices, Conclude);
        foreach (var note in input.Notes)
        {
            session.Note(note);
        }
    }

    /// <summary>Columns to cut by where the command line names none.</summary>
    private protected virtual IReadOnlyList<string> Slices(IReadOnlyList<ResultLine> lines) => [];

    /// <summary>What comes after the tables.</summary>
    /// <param name="session">Streams.</param>
    /// <param name="settings">What decided the results.</param>
    /// <param name="lines">The results.</param>
    /// <param name="slices">The columns that they were cut by.</param>
    /// <param name="folder">Where they are kept; null where they are not.</param>
    private protected virtual void Conclude(
        Session session, EvaluationSettings settings, IReadOnlyList<ResultLine> lines, IReadOnlyList<string> slices, string? folder)
    {
    }
}
