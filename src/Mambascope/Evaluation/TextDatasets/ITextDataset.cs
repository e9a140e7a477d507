using Mambascope.Evaluation.Datasets;


namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// Texts in each of which a next token is asked for. All models are asked the same questions, each in its own tokens. Reading is safe from
/// many threads and gives the same question every time.
/// </summary>
public interface ITextDataset
{
    /// <summary>What to call it in tables: what it was opened from, with all options that change a question.</summary>
    string Name { get; }

    /// <summary>Number of questions.</summary>
    int Count { get; }

    /// <summary>Whether it is known what has to come next.</summary>
    bool HasAnswers { get; }

    /// <summary>Whether it is known which tokens matter, at least for some of the questions.</summary>
    bool HasTruth { get; }

    /// <summary>Whether questions come with two sentences to compare.</summary>
    bool HasPairs => false;

    /// <summary>What is explained unless asked otherwise.</summary>
    ExplainedClass Explained { get; }

    /// <summary>A question in the tokens of a model.</summary>
    /// <exception cref="BadInputException">The model cannot read it, or its files are damaged.</exception>
    TextQuestion Read(int index, TokenReader reader);
}
