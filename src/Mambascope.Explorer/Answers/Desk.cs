using Mambascope.Application;
using Mambascope.Explorer.Serving;
using Microsoft.AspNetCore.Http;

namespace Mambascope.Explorer.Answers;

/// <summary>
/// How every answer that costs time is given: not at all where the browser has it, otherwise in its turn, with its steps told, stopped when
/// nobody waits for it.
/// </summary>
internal sealed class Desk(WorkQueue queue, ProgressBoard board)
{
    /// <summary>Gives an answer.</summary>
    internal async Task<IResult> Answer(HttpContext context, Func<IProgress<Step>?, CancellationToken, IResult> work)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) && Tags.IsKnown(context, Tags.Of(request)))
        {
            return Results.Empty;
        }

        var progress = board.Of(request.Headers[ProgressBoard.Header]);
        return await queue.Run(stop => work(progress, stop), context.RequestAborted);
    }
}
