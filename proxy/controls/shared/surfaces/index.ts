/** Controls visit every string of every surface of a call and its reply through this module only. */
export { mapCall } from './call.ts';
export { mapMessage } from './message.ts';
export {
  type Direction,
  type Permits,
  type Place,
  type Segment,
  type SurfaceName,
  textOf,
  type Visitor,
} from './place.ts';
export { DecodedView, type Range } from './decoded.ts';
export { type Subject, subjectOf } from './subject.ts';
