"""The members of an input as pictures, what was set aside, and what is lost to which series."""

from __future__ import annotations

from dataclasses import dataclass, field

from webapp.config import Limits
from webapp.dicom.archive import Member
from webapp.dicom.header import read_header
from webapp.dicom.losses import Lost, lost_file, lost_pictures
from webapp.dicom.model import Instance, Series, SetAside, stopped_by
from webapp.dicom.picture_classes import lies_over
from webapp.dicom.read import pictures_of
from webapp.errors import InstanceError, IntakeError


@dataclass(slots=True)
class Reading:
    """What reading the members of an input gave.

    Parameters
    ----------
    aside : list of SetAside
        What is not shown, and why.
    instances : list of Instance
    lost : list of Lost
        Pictures that could not be read.
    over : list of Member
        Segmentations and structure sets, which are drawn over pictures.
    """

    aside: list[SetAside]
    instances: list[Instance] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    over: list[Member] = field(default_factory=list)

    def read(self, member: Member, limits: Limits, skip: frozenset[int], undecoded: frozenset[int]) -> None:
        """A member's header; what cannot be read is set aside.

        Parameters
        ----------
        member : Member
        limits : Limits
        skip, undecoded : frozenset of int
            Members whose header, or whose pixels, stopped an earlier attempt.
        """
        if member.number in skip:
            self._stopped(member, Lost())
            return
        try:
            header = read_header(member, limits)
            if lies_over(header.dataset):
                self._lay_over(member, undecoded)
                return
            pictures = pictures_of(member, header, limits)
        except InstanceError as error:
            self.aside.append(SetAside(member.name, error.code, error.cause))
            self.lost += lost_file(member, error)
            return
        except (IntakeError, MemoryError, OSError):
            raise
        except Exception:  # whatever a damaged header makes of us costs its file alone
            self._stopped(member, Lost())
            return
        if member.number in undecoded:
            self._stopped(member, lost_pictures(pictures))
        else:
            self.instances += pictures

    def _lay_over(self, member: Member, undecoded: frozenset[int]) -> None:
        """Remember a file that is drawn over pictures, unless it stopped an earlier attempt."""
        if member.number in undecoded:
            self._stopped(member, Lost())
        else:
            self.over.append(member)

    def _stopped(self, member: Member, lost: Lost) -> None:
        """Set aside a member that stopped an earlier attempt."""
        self.aside.append(stopped_by(member.name))
        self.lost.append(lost)

    def lost_to(self, series: Series) -> list[Lost]:
        """What is lost of a series.

        Parameters
        ----------
        series : Series
        """
        key = (series.patient_id, series.study_uid, series.series_uid)
        return [one for one in self.lost if one.key == key]

    @property
    def unread(self) -> list[Lost]:
        """What is lost without its series being known, or only the start of its name because the file ends there."""
        known = {one.series_uid for one in self.instances} - {""}
        return [one for one in self.lost if one.key[2] not in known]
